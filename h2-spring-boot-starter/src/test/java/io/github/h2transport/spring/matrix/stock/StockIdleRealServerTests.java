package io.github.h2transport.spring.matrix.stock;

import static org.assertj.core.api.Assertions.assertThat;

/** Servers as they come close idle connections while calls begin. */
class StockIdleRealServerTests {

	@EachStockCell(StockFeature.IDLE_CLOSE)
	void callsThatMeetTheEndOfAnIdleConnection(StockCell cell) throws Exception {
		IdleCalls calls = cell.stage().idle(cell.server(), cell.secure());

		cell.allSucceed(calls.of(cell.client()));

		if (cell.server().closesIdle()) {
			assertThat(calls.connections()).as("connections, those after the server's goodbye included")
				.isGreaterThan(IdleCalls.CONNECTIONS);
		}
		else {
			assertThat(calls.connections()).as("connections").isEqualTo(IdleCalls.CONNECTIONS);
		}
		if (cell.server().losesCalls()) {
			System.out.printf("%s: lost calls on %d of %d connections%n", cell, calls.lost(), IdleCalls.CONNECTIONS);
		}
		assertThat(calls.lost()).as("connections whose calls the server has lost")
			.isLessThanOrEqualTo(IdleCalls.MOST_LOST);
	}

}
