package io.github.h2transport.spring.matrix.stock;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import io.github.h2transport.testkit.Content;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests whose content comes in pieces, against servers as they come. */
class StockBodiesRealServerTests {

	private static final int CALLS = 8;

	@EachStockCell(StockFeature.MULTIPART)
	void formsOfTinyFiles(StockCell cell) throws Exception {
		cell.begin();
		for (int files = 1; files <= 8; files++) {
			forms(cell, files, 5);
		}
		cell.hasLostNoConnection();
	}

	@EachStockCell(StockFeature.MULTIPART)
	void formsOfLargeFiles(StockCell cell) throws Exception {
		cell.begin();
		forms(cell, 3, 300_000); // nginx takes a mebibyte
		cell.hasLostNoConnection();
	}

	private static void forms(StockCell cell, int files, int size) throws Exception {
		List<byte[]> form = Collections.nCopies(files, Content.ofSize(size));

		assertThat(cell.atOnce(CALLS, (number) -> cell.calls().multipart(cell.uri(StockSite.PARTS), form)))
			.containsOnly(StockSite.parts(Collections.nCopies(files, (long) size)));
	}

	@EachStockCell(StockFeature.SMALL_PIECES)
	void shortTexts(StockCell cell) throws Exception {
		cell.begin();
		for (int count : List.of(1, 2, 3, 10, 100)) {
			List<String> pieces = IntStream.range(0, count).mapToObj((number) -> "piece " + number).toList();

			assertThat(cell.atOnce(CALLS, (number) -> cell.calls().pieces(cell.uri(StockSite.UPLOAD), pieces)))
				.containsOnly(StockSite.received(String.join("", pieces).getBytes(StandardCharsets.UTF_8)));
		}
		cell.hasLostNoConnection();
	}

	@EachStockCell(StockFeature.SMALL_PIECES)
	void linesOfJson(StockCell cell) throws Exception {
		cell.begin();
		for (int count : List.of(1, 5, 100)) {
			assertThat(cell.atOnce(CALLS, (number) -> cell.calls().lines(cell.uri(StockSite.UPLOAD), count)))
				.containsOnly(StockSite.received(Calls.Line.text(count).getBytes(StandardCharsets.UTF_8)));
		}
		cell.hasLostNoConnection();
	}

}
