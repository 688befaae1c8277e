package io.github.h2transport.faults;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ForkedJvm;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Content that nobody reads counts against a share of the heap, and beyond it connections
 * get no credit but for what was read. What is left unread of a connection that is gone
 * counts no longer, though the response is never closed: else a few of them would slow
 * every later call of the transport down, for ever.
 */
@Timeout(300)
class ConnectionsThatAreGoneOweNoMemoryTests {

	/** In a JVM with a small heap, of which little content is a share. */
	@Test
	void whatTheyHeldIsFreeAgainAndCanStillBeRead() throws Exception {
		assertThat(ForkedJvm.run(SmallHeap.class, List.of("-Xmx64m", "-XX:+UseSerialGC"))).contains("all right");
	}

	/** How the connection goes under the response. */
	enum End {

		RESET {
			@Override
			void end(ScriptedConn connection) {
				connection.reset();
			}
		},

		CLOSED {
			@Override
			void end(ScriptedConn connection) {
				connection.close();
			}
		},

		GOAWAY_AND_CLOSED {
			@Override
			void end(ScriptedConn connection) {
				connection.goAway(1, ErrorCode.NO_ERROR, "").close();
			}
		},

		/** The client ends it. */
		ERROR_OF_THE_SERVER {
			@Override
			void end(ScriptedConn connection) {
				connection.data(2, new byte[1]);
			}
		};

		abstract void end(ScriptedConn connection);

	}

	static final class SmallHeap {

		private static final int FRAME = 16_000;

		/** So much that four of them are more than a sixteenth of the heap. */
		private static final int FRAMES = 65;

		public static void main(String[] args) throws Exception {
			List<Http2Response> held = new ArrayList<>();
			try (Http2Transport transport = Peer.transport(
					(options) -> options.initialWindowSize(FRAME * FRAMES).connectionWindowSize(FRAME * FRAMES))) {
				for (Peer peer : Peer.values()) {
					for (boolean complete : new boolean[] { true, false }) {
						round(transport, peer, complete, held);
					}
				}
				for (Http2Response response : held.subList(0, End.values().length)) {
					assertThat(response.body().readAllBytes()).hasSize(FRAME * FRAMES);
				}
			}
			System.out.println("all right");
		}

		private static void round(Http2Transport transport, Peer peer, boolean complete, List<Http2Response> held) {
			List<ScriptedServer> servers = new ArrayList<>();
			List<ScriptedConn> connections = new ArrayList<>();
			try (ScriptedServer unharmed = peer.start()) {
				for (End end : End.values()) {
					ScriptedServer server = peer.start();
					servers.add(server);
					ScriptedConn connection = unread(transport, server, CallStyle.values()[end.ordinal() % 2],
							FRAMES - 1, held);
					if (complete) {
						connection.lastData(1, new byte[FRAME]);
					}
					else {
						connection.data(1, new byte[FRAME]);
					}
					connection.barrier();
					connections.add(connection);
				}
				ScriptedConn other = unread(transport, unharmed, CallStyle.BLOCKING, FRAMES / 4, held);
				for (int i = 0; i < FRAMES / 3; i++) {
					other.data(1, new byte[FRAME]);
				}
				assertThat(hasCredit(other)).as("credit for what is unread, while the others wait too").isFalse();

				for (End end : End.values()) {
					end.end(connections.get(end.ordinal()));
				}
				servers.forEach(ScriptedServer::stopListening);
				await().until(() -> Transports.connections(transport).size() == 1);

				for (int i = 0; i < FRAMES / 3; i++) {
					other.data(1, new byte[FRAME]);
				}
				assertThat(hasCredit(other)).as("credit for what is unread, when the others are gone").isTrue();
			}
			finally {
				servers.forEach(ScriptedServer::close);
			}
			await().until(() -> Transports.connections(transport).isEmpty());
		}

		private static ScriptedConn unread(Http2Transport transport, ScriptedServer server, CallStyle style, int frames,
				List<Http2Response> held) {
			Call<Http2Response> call = Call.of(() -> style.roundTrip(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			// With the preface, which enlarges the window.
			connection.await(ClientFrame.WindowUpdate.class);
			connection.awaitHead();
			connection.respondHead(1, 200);
			held.add(call.result());
			for (int i = 0; i < frames; i++) {
				connection.data(1, new byte[FRAME]);
			}
			return connection;
		}

		private static boolean hasCredit(ScriptedConn connection) {
			return connection.barrier()
				.stream()
				.anyMatch((frame) -> frame instanceof ClientFrame.WindowUpdate update && update.streamId() == 0);
		}

	}

}
