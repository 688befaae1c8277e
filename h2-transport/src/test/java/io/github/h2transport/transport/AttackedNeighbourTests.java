package io.github.h2transport.transport;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.frame.Octets;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection under attack dies alone: on the one event loop that all connections share,
 * the calls to a well-behaved server go on, one by one, while another server attacks.
 */
@Timeout(120)
class AttackedNeighbourTests {

	private static final byte[] FINE = "fine".getBytes();

	/** Calls to the good server for each attack. */
	private static final int CALLS = 20;

	/** What an attacker writes at once. */
	private static final int BURST = 64 * 1024;

	@Test
	void callsToOthersGoOnWhileAServerFloods() throws Exception {
		try (ScriptedServer attacker = ScriptedServer.start();
				ServedRequests good = ScriptedServer.serving(Settings.builder().build(),
						(exchange) -> exchange.respond(200, FINE));
				Http2Transport transport = Transports.cleartext((options) -> options.eventLoops(1))) {
			assertThat(Transports.exchange(transport, Http2Request.get(good.uri("/first")))).isEqualTo("200 fine");
			byte[][] floods = { Octets.frame(0x6, 0, 0, new byte[8]), Octets.frame(0x4, 0, 0, ""),
					Octets.frame(0x0, 0, 1, ""), Octets.frame(0x8, 0, 0, "00000001"), Octets.frame(0xee, 0, 0, ""),
					Octets.frame(0x2, 0, 1, new byte[5]), Octets.frame(0x7, 0, 0, "7fffffff00000000") };
			for (byte[] flood : floods) {
				attacked(attacker, good, transport, flood);
			}
			// All over the same connection, which nothing has happened to.
			assertThat(good.connections()).isEqualTo(1);
			assertThat(good.requests()).isEqualTo(1 + floods.length * CALLS);
			assertThat(good.violations()).isEmpty();
		}
	}

	private static void attacked(ScriptedServer attacker, ServedRequests good, Http2Transport transport, byte[] flood)
			throws Exception {
		Call<String> victim = Call.of(() -> Transports.exchange(transport, Http2Request.get(attacker.uri("/"))));
		ScriptedConn connection = attacker.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200);
		Call<Integer> attack = Call.of(() -> flood(connection, flood));
		for (int i = 0; i < CALLS; i++) {
			assertThat(Transports.exchange(transport, Http2Request.get(good.uri("/" + i)))).isEqualTo("200 fine");
		}
		Http2Exception failure = victim.failure(Http2Exception.class);
		assertThat(failure.context().code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
		// It goes on until its socket is closed, and nobody reads it to its end.
		assertThat(attack.result()).isPositive();
		connection.close();
	}

	/** Writes without end; returns how often, once nobody listens any more. */
	private static int flood(ScriptedConn connection, byte[] frame) {
		ByteBuffer burst = ByteBuffer.allocate(BURST / frame.length * frame.length);
		while (burst.hasRemaining()) {
			burst.put(frame);
		}
		int bursts = 0;
		try {
			for (;;) {
				connection.raw(burst.array());
				bursts++;
			}
		}
		catch (UncheckedIOException ex) {
			return bursts;
		}
	}

}
