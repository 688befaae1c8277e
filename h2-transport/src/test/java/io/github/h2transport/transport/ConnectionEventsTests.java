package io.github.h2transport.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportListener;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a listener hears of connections and of the way to them. */
@Timeout(120)
class ConnectionEventsTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final Recorder heard = new Recorder();

	@AfterEach
	void end() {
		this.server.close();
	}

	@Test
	void aDialAndTheWaitForItAreTold() {
		try (Http2Transport transport = transport()) {
			Call<Integer> call = get(transport);
			ScriptedConn connection = this.server.greeted();
			connection.respond(connection.awaitHead().streamId(), 200);
			assertThat(call.result()).isEqualTo(200);
			assertThat(this.heard.events).startsWith("dialled c1", "acquired");
			this.server.close();
		}
	}

	@Test
	void aDialThatFailsIsToldWithWhoeverWaitedForIt() {
		this.server.stopListening();
		try (Http2Transport transport = transport()) {
			assertThat(get(transport).outcome()).isInstanceOf(Http2Exception.class);
			await().untilAsserted(() -> assertThat(this.heard.events).containsExactlyInAnyOrder(
					"dialled c1: ConnectFailedException", "closed c1", "acquired: ConnectFailedException"));
		}
	}

	@Test
	void resetsOfBothSidesAreTold() throws Exception {
		try (Http2Transport transport = transport()) {
			Call<Integer> refused = get(transport);
			ScriptedConn connection = this.server.greeted();
			connection.rstStream(connection.awaitHead().streamId(), ErrorCode.INTERNAL_ERROR);
			assertThat(refused.outcome()).isInstanceOf(Http2Exception.class);
			Call<Http2Response> closed = Call.of(() -> transport.roundTrip(Http2Request.get(this.server.uri("/"))));
			int stream = connection.awaitHead().streamId();
			connection.respondHead(stream, 200);
			closed.result().close();
			assertThat(connection.awaitReset(stream)).isEqualTo(ErrorCode.CANCEL);
			await().untilAsserted(() -> assertThat(this.heard.events).contains("reset received INTERNAL_ERROR on c1",
					"reset sent CANCEL on c1"));
			this.server.close();
		}
	}

	@Test
	void aGoAwayIsToldBeforeTheEndOfItsConnection() {
		try (Http2Transport transport = transport()) {
			Call<Integer> call = get(transport);
			ScriptedConn connection = this.server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respond(stream, 200).goAway(stream, ErrorCode.ENHANCE_YOUR_CALM, "");
			call.result();
			connection.awaitEnd();
			connection.close();
			await().untilAsserted(
					() -> assertThat(this.heard.events).endsWith("goaway 1 ENHANCE_YOUR_CALM on c1", "closed c1"));
		}
	}

	private Http2Transport transport() {
		return Http2Transport.builder().options(Transports.options((options) -> {
		})).listener(this.heard).build();
	}

	private Call<Integer> get(Http2Transport transport) {
		return Call.of(() -> {
			try (Http2Response response = transport.roundTrip(Http2Request.get(this.server.uri("/")))) {
				return response.status();
			}
		});
	}

	/** Takes notes. */
	private static final class Recorder implements TransportListener {

		final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void acquired(ConnectionKey key, Duration waited, @Nullable Http2Exception failure) {
			assertThat(waited).isPositive();
			this.events.add("acquired" + words(failure));
		}

		@Override
		public void dialled(String connectionId, ConnectionKey key, Duration took, @Nullable Http2Exception failure) {
			assertThat(took).isPositive();
			this.events.add("dialled " + connectionId + words(failure));
		}

		@Override
		public void goAwayReceived(String connectionId, ConnectionKey key, int lastStreamId, ErrorCode code) {
			this.events.add("goaway " + lastStreamId + " " + code + " on " + connectionId);
		}

		@Override
		public void resetReceived(String connectionId, ConnectionKey key, ErrorCode code) {
			this.events.add("reset received " + code + " on " + connectionId);
		}

		@Override
		public void resetSent(String connectionId, ConnectionKey key, ErrorCode code) {
			this.events.add("reset sent " + code + " on " + connectionId);
		}

		@Override
		public void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
			this.events.add("closed " + connectionId);
		}

		private static String words(@Nullable Http2Exception failure) {
			return (failure != null) ? ": " + failure.getClass().getSimpleName() : "";
		}

	}

}
