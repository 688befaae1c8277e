package io.github.h2transport.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A call whose content comes from a source that stalls ends all the same: when the server
 * has answered, at its deadline, and with its connection. The caller is not left in its
 * source.
 */
class StuckSourceTests {

	/** Far below what a source that stalls for ever would take. */
	private static final Duration SOON = Duration.ofSeconds(15);

	static Stream<Arguments> stuck() {
		return Arrays.stream(Source.values())
			.flatMap((source) -> Arrays.stream(Ending.values())
				.flatMap((ending) -> Stream.of(Arguments.of(Peer.CLEARTEXT, source, ending, true),
						Arguments.of(Peer.CLEARTEXT, source, ending, false),
						Arguments.of(Peer.TLS, source, ending, true))));
	}

	@ParameterizedTest
	@MethodSource("stuck")
	void theCallEndsWhateverItsSourceDoes(Peer peer, Source source, Ending ending, boolean blocking) throws Exception {
		CountDownLatch left = new CountDownLatch(1);
		try (Http2Transport transport = Peer.transport((options) -> {
		}); ScriptedServer server = peer.start()) {
			CallOptions.Builder limits = CallOptions.builder();
			ending.limit(limits);
			CountDownLatch reading = new CountDownLatch(1);
			RequestBody body = source.body(reading, left);
			Http2Request request = Http2Request.builder("POST", server.uri("/"))
				.body(body)
				.options(limits.build())
				.build();
			Call<String> call = blocking ? Call.of(() -> Transports.exchange(transport, request))
					: Call.of(() -> joined(transport.roundTripAsync(request)));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(reading.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
			ending.server(connection);
			ending.check(call);
			assertThat(call.took()).isLessThan(SOON);
			assertThat(call.endedInterrupted()).isFalse();
			// Neither the caller nor a thread of ours is left in the source.
			assertThat(left.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
	}

	private static String joined(CompletableFuture<Http2Response> future) throws Exception {
		try (Http2Response response = future.get()) {
			return String.valueOf(response.status());
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

	/** A source that is closed from another thread is not closed a second time. */
	@Test
	void theSourceIsClosedOnce() throws Exception {
		AtomicInteger closed = new AtomicInteger();
		CountDownLatch released = new CountDownLatch(1);
		InputStream stream = new InputStream() {
			@Override
			public int read() throws IOException {
				await(released);
				throw new IOException("closed");
			}

			@Override
			public void close() {
				closed.incrementAndGet();
				released.countDown();
			}
		};
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/"))
						.body(RequestBody.ofInputStream(stream, RequestBody.UNKNOWN_LENGTH))
						.build()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respond(1, 409);
			assertThat(call.result()).isEqualTo("409");
			assertThat(closed).hasValue(1);
		}
	}

	/** An interrupt of the caller's own is still there when the call has ended. */
	@Test
	void anInterruptOfSomebodyElseIsKept() throws Exception {
		AtomicBoolean go = new AtomicBoolean();
		CountDownLatch reading = new CountDownLatch(1);
		RequestBody stubborn = RequestBody.ofWriter((out) -> {
			reading.countDown();
			while (!go.get()) {
				Thread.onSpinWait();
			}
			out.write(1);
			out.flush();
		}, RequestBody.UNKNOWN_LENGTH, true);
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("POST", server.uri("/")).body(stubborn).build()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(reading.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
			call.interrupt();
			connection.respond(1, 409);
			// The source heeds neither: the one exception, for as long as it lasts.
			Awaitility.await().during(Duration.ofSeconds(1)).atMost(SOON).until(() -> !call.isDone());
			go.set(true);
			assertThat(call.result()).isEqualTo("409");
			assertThat(call.endedInterrupted()).isTrue();
		}
	}

	private static void await(CountDownLatch latch) throws IOException {
		boolean interrupted = false;
		while (latch.getCount() > 0) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** What the content comes from. */
	enum Source {

		/** A socket whose other end says nothing, which heeds its closing only. */
		SOCKET_STREAM {
			@Override
			RequestBody body(CountDownLatch reading, CountDownLatch left) {
				return RequestBody.ofInputStream(silentSocket(reading, left), RequestBody.UNKNOWN_LENGTH);
			}
		},

		/** The same from a supplier, so that the body could be sent again. */
		SUPPLIED_SOCKET_STREAM {
			@Override
			RequestBody body(CountDownLatch reading, CountDownLatch left) {
				return RequestBody.ofInputStream(() -> silentSocket(reading, left), RequestBody.UNKNOWN_LENGTH);
			}
		},

		/** A queue that stays empty, which heeds an interrupt only. */
		WAITING_WRITER {
			@Override
			RequestBody body(CountDownLatch reading, CountDownLatch left) {
				return RequestBody.ofWriter((out) -> {
					try {
						out.write(1);
						out.flush();
						reading.countDown();
						new CountDownLatch(1).await();
					}
					catch (InterruptedException ex) {
						throw new IOException("Interrupted", ex);
					}
					finally {
						left.countDown();
					}
				}, RequestBody.UNKNOWN_LENGTH, true);
			}
		};

		abstract RequestBody body(CountDownLatch reading, CountDownLatch left);

		private static InputStream silentSocket(CountDownLatch reading, CountDownLatch left) {
			try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
				Socket ours = new Socket(listener.getInetAddress(), listener.getLocalPort());
				Socket theirs = listener.accept();
				InputStream in = ours.getInputStream();
				return new InputStream() {
					@Override
					public int read() throws IOException {
						return in.read();
					}

					@Override
					public int read(byte[] into, int offset, int length) throws IOException {
						reading.countDown();
						try {
							return in.read(into, offset, length);
						}
						finally {
							left.countDown();
						}
					}

					@Override
					public void close() throws IOException {
						ours.close();
						theirs.close();
					}
				};
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	/** Why the call is to end. */
	enum Ending {

		ANSWERED {
			@Override
			void server(ScriptedConn connection) {
				connection.respond(1, 409);
			}

			@Override
			void check(Call<String> call) {
				assertThat(call.result()).isEqualTo("409");
			}
		},

		ANSWERED_IN_FULL {
			@Override
			void server(ScriptedConn connection) {
				connection.respond(1, 202);
			}

			@Override
			void check(Call<String> call) {
				assertThat(call.result()).isEqualTo("202");
			}
		},

		RESPONSE_TIMEOUT {
			@Override
			void limit(CallOptions.Builder options) {
				options.responseTimeout(Duration.ofMillis(1_500));
			}

			@Override
			void check(Call<String> call) {
				assertThat(call.failure(Http2TimeoutException.class)).hasMessageContaining("responseTimeout");
			}
		},

		EXCHANGE_TIMEOUT {
			@Override
			void limit(CallOptions.Builder options) {
				options.exchangeTimeout(Duration.ofMillis(1_500));
			}

			@Override
			void check(Call<String> call) {
				assertThat(call.failure(Http2TimeoutException.class)).hasMessageContaining("exchangeTimeout");
			}
		},

		CONNECTION_CLOSED {
			@Override
			void server(ScriptedConn connection) {
				connection.close();
			}

			@Override
			void check(Call<String> call) {
				call.failure(ConnectionException.class);
			}
		};

		void limit(CallOptions.Builder options) {
		}

		void server(ScriptedConn connection) {
		}

		abstract void check(Call<String> call);

	}

}
