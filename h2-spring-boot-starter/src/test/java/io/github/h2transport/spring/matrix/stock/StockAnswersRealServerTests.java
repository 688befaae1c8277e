package io.github.h2transport.spring.matrix.stock;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/** Responses that are not read, or not to their end, from servers as they come. */
class StockAnswersRealServerTests {

	private static final int CALLS = 300;

	private static final int AT_ONCE = 20;

	private static final List<HttpMethod> METHODS = List.of(HttpMethod.GET, HttpMethod.DELETE, HttpMethod.PUT);

	@EachStockCell(StockFeature.UNREAD)
	void answersWithoutAnEntity(StockCell cell) throws Exception {
		cell.begin();
		for (int round = 0; round < CALLS / AT_ONCE; round++) {
			cell.atOnce(AT_ONCE, (number) -> cell.calls().bodiless(method(number), cell.uri(StockSite.UNREAD)));
		}
		cell.hasLostNoConnection();
	}

	@EachStockCell(StockFeature.UNREAD)
	void answersThatNobodyExtracts(StockCell cell) throws Exception {
		cell.begin();
		for (int round = 0; round < CALLS / AT_ONCE; round++) {
			cell.atOnce(AT_ONCE, (number) -> cell.calls().headOnly(method(number), cell.uri(StockSite.UNREAD)));
		}
		cell.hasLostNoConnection();
	}

	@EachStockCell(StockFeature.ENDED_EARLY)
	void downloadsThatAreEndedEarly(StockCell cell) throws Exception {
		cell.begin();
		for (int round = 0; round < 5; round++) {
			assertThat(cell.atOnce(4, (number) -> beginningAndGet(cell)))
				.allSatisfy((octets) -> assertThat(octets).isPositive());
		}
		cell.hasLostNoConnection();
	}

	private static CompletableFuture<Integer> beginningAndGet(StockCell cell) {
		return cell.calls()
			.beginning(cell.uri(StockSite.DOWNLOAD))
			.thenCombine(cell.calls().get(cell.uri(StockSite.CONTENT)), (octets, content) -> octets);
	}

	private static HttpMethod method(int number) {
		return METHODS.get(number % METHODS.size());
	}

}
