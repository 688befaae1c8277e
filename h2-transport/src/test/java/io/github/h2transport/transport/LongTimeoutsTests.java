package io.github.h2transport.transport;

import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Time-outs that say "for ever" must not overflow the clock. */
@Timeout(120)
class LongTimeoutsTests {

	private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

	@Test
	void aCallMayWaitForEver() throws Exception {
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		TransportOptions options = TransportOptions.builder()
			.allowHttp(true)
			.idleTimeout(FOREVER)
			.connectTimeout(FOREVER)
			.acquireTimeout(FOREVER)
			.responseTimeout(FOREVER)
			.readTimeout(FOREVER)
			.exchangeTimeout(FOREVER)
			.pingInterval(FOREVER)
			.pingTimeout(FOREVER)
			.probeIdleAfter(FOREVER)
			.writeStallTimeout(FOREVER)
			.build();
		CallOptions call = CallOptions.builder()
			.connectTimeout(FOREVER)
			.responseTimeout(FOREVER)
			.readTimeout(FOREVER)
			.exchangeTimeout(FOREVER)
			.build();
		URI closed = URI.create("http://localhost:" + port + "/");
		try (Http2Transport transport = Http2Transport.builder().options(options).build()) {
			for (CallOptions each : new CallOptions[] { CallOptions.defaults(), call }) {
				assertThatExceptionOfType(ConnectFailedException.class).as("the port is closed")
					.isThrownBy(() -> transport.roundTrip(Http2Request.builder("GET", closed).options(each).build()));
			}
		}
	}

	@Test
	void aShorterTimeIsKeptAsItIs() {
		Duration year = Duration.ofDays(365);

		assertThat(CallOptions.builder().readTimeout(year).build().readTimeout()).isEqualTo(year);
		assertThat(CallOptions.builder().readTimeout(FOREVER).build().readTimeout()).isGreaterThan(year);
	}

}
