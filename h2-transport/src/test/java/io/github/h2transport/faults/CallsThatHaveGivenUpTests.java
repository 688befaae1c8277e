package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server accepts a connection and then never answers, or never reads: calls with large
 * bodies and short limits give up. They leave nothing of their content behind, wherever
 * it waited, and the connection is left for another one.
 */
class CallsThatHaveGivenUpTests {

	private static final int MIB = 1 << 20;

	private static final Duration LIMIT = Duration.ofMillis(100);

	private static final int THREADS = 4;

	private static final int CALLS = 5;

	private final ScriptedServer server = ScriptedServer.start();

	private final AtomicBoolean over = new AtomicBoolean();

	@AfterEach
	void end() {
		this.over.set(true);
		this.server.close();
	}

	@ParameterizedTest
	@CsvSource({ "NEVER_SPEAKS, false, BYTES", "NEVER_SPEAKS, true, BYTES", "NEVER_SPEAKS, false, STREAM",
			"NEVER_ANSWERS, false, BYTES", "NEVER_ANSWERS, true, BYTES", "NEVER_ANSWERS, false, STREAM",
			"NEVER_ANSWERS, true, STREAM", "NEVER_ANSWERS, true, PUBLISHER", "NEVER_READS, false, BYTES",
			"NEVER_READS, true, BYTES", "NEVER_READS, false, STREAM", "NEVER_READS, true, STREAM",
			"NEVER_READS, true, PUBLISHER" })
	void theirBodiesAreLetGoThoughTheConnectionStays(Hangs how, boolean async, Kind kind) throws Exception {
		// It is asked for life, and has all the time in the world to answer.
		try (Http2Transport transport = Transports.cleartext((options) -> options.pingTimeout(Duration.ofMinutes(5))
			.writeStallTimeout(Duration.ofMinutes(5))
			.connectTimeout(Duration.ofMinutes(5)))) {
			Call<Boolean> hanging = Call.of(() -> how.hang(this.server.accept()));
			Queue<WeakReference<byte[]>> bodies = new ConcurrentLinkedQueue<>();
			List<Call<Boolean>> callers = Call.many(THREADS, () -> {
				for (int i = 0; i < CALLS; i++) {
					byte[] content = new byte[MIB];
					bodies.add(new WeakReference<>(content));
					giveUp(transport, content, async, kind);
				}
				return true;
			});
			callers.forEach((caller) -> assertThat(caller.result()).isTrue());
			assertThat(hanging.result()).isTrue();
			assertThat(bodies).hasSize(THREADS * CALLS);
			await().untilAsserted(() -> {
				System.gc();
				assertThat(bodies).allMatch((body) -> body.get() == null);
			});
			assertThat(Transports.connections(transport)).as("that kept nothing")
				.anyMatch((connection) -> connection.id().equals("c1") && connection.state() == ConnectionState.OPEN);
		}
	}

	/** A method of its own, so that no local variable of the caller holds the body. */
	private void giveUp(Http2Transport transport, byte[] content, boolean async, Kind kind) throws Exception {
		Http2Request request = post(this.server.uri("/a"), kind.body(content));
		try {
			if (async) {
				transport.roundTripAsync(request).join().close();
			}
			else {
				transport.roundTrip(request).close();
			}
			throw new AssertionError("There was a response");
		}
		catch (CompletionException ex) {
			assertThat(ex.getCause()).isInstanceOf(Http2TimeoutException.class);
		}
		catch (Http2Exception ex) {
			assertThat(ex).isInstanceOf(Http2TimeoutException.class);
		}
	}

	@ParameterizedTest
	@EnumSource(Hangs.class)
	void theConnectionIsLeftForAnotherThoughNoneOfThemCouldWaitForTheAnswer(Hangs how) {
		try (Http2Transport transport = Transports.cleartext()) {
			AtomicInteger answered = new AtomicInteger();
			long start = System.nanoTime();
			List<Call<Integer>> callers = new ArrayList<>(Call.many(8, () -> {
				while (!this.over.get()) {
					try (Http2Response response = transport
						.roundTrip(post(this.server.uri("/a"), RequestBody.of(new byte[MIB])))) {
						answered.incrementAndGet();
					}
					catch (Http2Exception ex) {
						// Typed is all that is asked for.
					}
				}
				return answered.get();
			}));
			how.hang(this.server.accept());
			ScriptedConn second = this.server.greeted();
			System.out.println("calls that have given up: " + how + ": the next connection after "
					+ Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
			Call<Boolean> serving = Call.of(() -> {
				while (answered.get() == 0) {
					ClientFrame.Head head = second.awaitHead();
					second.respond(head.streamId(), 200);
				}
				return true;
			});
			await().until(() -> answered.get() > 0);
			this.over.set(true);
			callers.forEach((caller) -> assertThat(caller.result()).isPositive());
			assertThat(serving.result()).isTrue();
			assertThat(this.server.accepted()).as("no pile of connections").isLessThanOrEqualTo(4);
		}
	}

	private static Http2Request post(URI uri, RequestBody body) {
		return Http2Request.builder("POST", uri)
			.body(body)
			.options(CallOptions.builder().responseTimeout(LIMIT).build())
			.build();
	}

	/** Where content comes from. */
	enum Kind {

		BYTES {

			@Override
			RequestBody body(byte[] content) {
				return RequestBody.of(content);
			}

		},

		STREAM {

			@Override
			RequestBody body(byte[] content) {
				return RequestBody.ofInputStream(() -> new ByteArrayInputStream(content), content.length);
			}

		},

		PUBLISHER {

			@Override
			RequestBody body(byte[] content) {
				AtomicBoolean given = new AtomicBoolean();
				return RequestBody.ofPublisher((subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

					@Override
					public void request(long count) {
						if (given.compareAndSet(false, true)) {
							subscriber.onNext(ByteBuffer.wrap(content));
						}
					}

					@Override
					public void cancel() {
						// It has given all that it has.
					}

				}), content.length, false);
			}

		};

		abstract RequestBody body(byte[] content);

	}

	enum Hangs {

		/** Not even SETTINGS. */
		NEVER_SPEAKS {

			@Override
			boolean hang(ScriptedConn connection) {
				return true;
			}

		},

		/** Content waits for windows. */
		NEVER_ANSWERS {

			@Override
			boolean hang(ScriptedConn connection) {
				connection.greet(Settings.builder().build());
				return true;
			}

		},

		/**
		 * The windows are open, but the socket fills up, and everything waits behind it.
		 */
		NEVER_READS {

			@Override
			boolean hang(ScriptedConn connection) {
				connection.greet(Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 1 << 30).build())
					.windowUpdate(0, 1 << 30);
				return true;
			}

		};

		abstract boolean hang(ScriptedConn connection);

	}

}
