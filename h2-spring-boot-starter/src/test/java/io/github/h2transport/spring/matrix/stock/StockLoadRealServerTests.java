package io.github.h2transport.spring.matrix.stock;

import io.github.h2transport.testkit.Content;

import static org.assertj.core.api.Assertions.assertThat;

/** Many calls at once, against servers as they come. */
class StockLoadRealServerTests {

	@EachStockCell(StockFeature.GETS)
	void aHundredGetsAtOnce(StockCell cell) throws Exception {
		cell.begin();
		byte[] expected = Content.ofSize(StockSite.CONTENT_SIZE);

		assertThat(cell.atOnce(100, (number) -> cell.calls().get(cell.uri(StockSite.CONTENT))))
			.allSatisfy((content) -> assertThat(content).isEqualTo(expected));

		cell.hasLostNoConnection();
	}

	@EachStockCell(StockFeature.LARGE_UPLOADS)
	void aHundredUploadsOf100KilobytesAtOnce(StockCell cell) throws Exception {
		cell.begin();
		uploads(cell, 100, 100_000);
	}

	@EachStockCell(StockFeature.SMALL_UPLOADS)
	void sixtyUploadsOf20KilobytesAtOnce(StockCell cell) throws Exception {
		cell.begin();
		uploads(cell, 60, 20_000);
	}

	private static void uploads(StockCell cell, int count, int size) throws Exception {
		byte[] content = Content.ofSize(size);

		assertThat(cell.atOnce(count, (number) -> cell.calls().upload(cell.uri(StockSite.UPLOAD), content)))
			.containsOnly(StockSite.received(content));

		cell.hasLostNoConnection();
	}

}
