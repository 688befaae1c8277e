package io.github.h2transport.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transports for tests in cleartext, and what can be seen of them from outside.
 */
public final class Transports {

	private Transports() {
	}

	public static Http2Transport cleartext() {
		return cleartext((options) -> {
		});
	}

	/**
	 * Makes a transport that allows http, whose end does not hold the test up.
	 * @param choice sets further options
	 * @return a new transport
	 */
	public static Http2Transport cleartext(Consumer<TransportOptions.Builder> choice) {
		return Http2Transport.builder().options(options(choice)).build();
	}

	/**
	 * Returns the options of {@link #cleartext(Consumer)}.
	 * @param choice sets further options
	 * @return the options
	 */
	public static TransportOptions options(Consumer<TransportOptions.Builder> choice) {
		TransportOptions.Builder options = TransportOptions.builder()
			.allowHttp(true)
			.shutdownTimeout(Duration.ofMillis(1));
		choice.accept(options);
		return options.build();
	}

	/**
	 * Makes a round trip and reads the response to its end.
	 * @param transport the transport
	 * @param request the request
	 * @return status and content, as in {@code 200 hello}
	 * @throws Exception what the call or the body threw
	 */
	public static String exchange(Http2Transport transport, Http2Request request) throws Exception {
		try (Http2Response response = transport.roundTrip(request)) {
			String content = new String(response.body().readAllBytes(), StandardCharsets.ISO_8859_1);
			return content.isEmpty() ? String.valueOf(response.status()) : response.status() + " " + content;
		}
	}

	public static List<ConnectionSnapshot> connections(Http2Transport transport) {
		return transport.snapshot().origins().stream().flatMap((origin) -> origin.connections().stream()).toList();
	}

	/**
	 * Returns how many requests wait for a connection.
	 * @param transport the transport
	 * @return 0 or more, over all origins that have a connection
	 */
	public static int pending(Http2Transport transport) {
		return transport.snapshot().origins().stream().mapToInt((origin) -> origin.pending()).sum();
	}

	/**
	 * Waits until so many requests wait for a connection.
	 * @param transport the transport
	 * @param count how many
	 */
	public static void awaitPending(Http2Transport transport, int count) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(2))
			.untilAsserted(
					() -> assertThat(pending(transport)).as(() -> transport.snapshot().toString()).isEqualTo(count));
	}

	/**
	 * Waits until every counter is back where it was before the first call: no slot
	 * taken, nobody waiting, all receive credit of the connections there.
	 * @param transport the transport
	 */
	public static void awaitRest(Http2Transport transport) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(2))
			.untilAsserted(() -> assertThat(connections(transport)).allSatisfy((connection) -> {
				assertThat(connection.activeStreams()).isZero();
				assertThat(connection.streams()).isEmpty();
				assertThat(pending(transport)).isZero();
				// Up to half of the window is given back in one go, later.
				assertThat(connection.receiveWindow())
					.isGreaterThanOrEqualTo(transport.options().connectionWindowSize() / 2);
			}));
	}

}
