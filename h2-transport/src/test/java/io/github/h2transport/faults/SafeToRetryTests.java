package io.github.h2transport.faults;

import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an exception calls safe to retry has not been received, and never will be: callers
 * who send again only then never do anything twice.
 */
class SafeToRetryTests {

	private static final int CALLERS = 24;

	private static final long STRESS_NANOS = Duration.ofSeconds(4).toNanos();

	private static final int ENOUGH = 100;

	private final ScriptedServer server = ScriptedServer.start();

	private final Set<String> received = ConcurrentHashMap.newKeySet();

	private final Set<String> safe = ConcurrentHashMap.newKeySet();

	private final AtomicInteger number = new AtomicInteger();

	private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

	@AfterEach
	void end() {
		this.server.close();
		this.clock.shutdownNow();
	}

	/**
	 * The connection is in doubt after each pause, and the server takes its time with the
	 * PING that asks: so most requests leave in the moment in which they time out.
	 */
	@ParameterizedTest
	@EnumSource
	void whatIsCalledSafeWasNeverReceived(Way way) throws Exception {
		Thread accepting = daemon(() -> acceptAll(way.pingNanos));
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.probeIdleAfter(Duration.ofMillis(1)).maxConnections(2))) {
			long begin = System.nanoTime();
			List<Call<Boolean>> callers = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				Random random = new Random(i);
				callers.add(Call.of(() -> {
					while (goesOn(System.nanoTime() - begin)) {
						way.call(this, transport, random);
					}
					return true;
				}));
			}
			callers.forEach(Call::result);
		}
		accepting.interrupt();
		this.server.close();
		assertThat(this.safe).as("calls that were called safe").hasSizeGreaterThan(ENOUGH);
		assertThat(this.received).as("requests that arrived").isNotEmpty();
		Set<String> both = ConcurrentHashMap.newKeySet();
		both.addAll(this.safe);
		both.retainAll(this.received);
		assertThat(both).as("called safe and received, of " + this.safe.size()).isEmpty();
	}

	/** The server executes a PUT and dies; the repetition finds nobody. */
	@Test
	void aRepetitionThatCannotConnectIsNotSafeIfTheFirstAttemptWasReceived() throws Exception {
		try (Http2Transport transport = Transports.cleartext((options) -> options.retryIdempotent(true))) {
			Call<String> earlier = Call.of(() -> Transports.exchange(transport, get()));
			ScriptedConn connection = this.server.greeted();
			connection.awaitHead();
			connection.respond(1, 204);
			earlier.result();
			Call<String> put = Call
				.of(() -> Transports.exchange(transport, Http2Request.builder("PUT", this.server.uri("/")).build()));
			connection.awaitHead();
			this.server.stopListening();
			connection.reset();
			Http2Exception failure = put.failure(ConnectFailedException.class);
			assertThat(failure.attempts()).hasSize(1);
			assertThat(failure.isSafeToRetry()).isFalse();
		}
	}

	/**
	 * The same over TLS, where the second server never answers the handshake, and the
	 * caller does not wait for it.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aRepetitionThatIsGivenUpInTheQueueIsNotSafeIfTheFirstAttemptWasReceived(boolean interrupt) throws Exception {
		CountDownLatch served = new CountDownLatch(1);
		CountDownLatch dialled = new CountDownLatch(2);
		TlsPeer.Script dies = (socket, client) -> {
			client.greet(Settings.builder().build());
			client.expect("HEADERS");
			client.head(1, 204, true);
			client.expect("HEADERS");
			served.countDown();
			socket.close();
		};
		Relay.Pump onlyTheFirst = (in, out) -> {
			dialled.countDown();
			if (dialled.getCount() == 1) {
				in.transferTo(out);
			}
			else {
				in.transferTo(OutputStream.nullOutputStream());
			}
		};
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).script(dies).start();
				Relay path = Relay.to(peer.address(), onlyTheFirst, Relay.Pump.DIRECT);
				Http2Transport transport = Transports.cleartext((options) -> options.retryIdempotent(true)
					.tls(TlsOptions.of(Certificates.localhost().clientContext())))) {
			Transports.exchange(transport, Http2Request.builder("GET", path.uri("/")).build());
			CallOptions limit = CallOptions.builder().responseTimeout(Duration.ofSeconds(interrupt ? 20 : 2)).build();
			Call<String> put = Call.of(() -> Transports.exchange(transport,
					Http2Request.builder("PUT", path.uri("/")).options(limit).build()));
			assertThat(served.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(dialled.await(20, TimeUnit.SECONDS)).isTrue();
			if (interrupt) {
				put.interrupt();
			}
			Http2Exception failure = put.failure(Http2Exception.class);
			assertThat(failure.attempts()).hasSize(1);
			assertThat(failure.isSafeToRetry()).isFalse();
		}
	}

	/** Longer where the machine is busy and few calls end in the moment that counts. */
	private boolean goesOn(long nanos) {
		return nanos < STRESS_NANOS || (this.safe.size() <= ENOUGH && nanos < 10 * STRESS_NANOS);
	}

	private Http2Request get() {
		return Http2Request.builder("GET", this.server.uri("/")).build();
	}

	private void failed(String path, Throwable failure) {
		if (failure instanceof Http2Exception typed && typed.isSafeToRetry()) {
			this.safe.add(path);
		}
	}

	private Http2Request request(Http2Transport transport, String path, Duration limit) {
		return Http2Request.builder("POST", this.server.uri(path))
			.options(CallOptions.builder().responseTimeout(limit).build())
			.build();
	}

	private static Duration briefly(Random random) {
		return Duration.ofNanos(200_000 + random.nextInt(3_000_000));
	}

	private void acceptAll(int pingNanos) {
		try {
			for (;;) {
				ScriptedConn connection = this.server.accept();
				daemon(() -> serve(connection, pingNanos));
			}
		}
		catch (AssertionError ex) {
			// Nobody comes any more.
		}
	}

	/** Reads on to the end, so that whatever the client has sent is known. */
	private void serve(ScriptedConn connection, int pingNanos) {
		Random random = new Random(1);
		try {
			connection.greet(Settings.builder().build());
			for (ClientFrame frame = connection.next(); !(frame instanceof ClientFrame.End); frame = connection
				.next()) {
				if (frame instanceof ClientFrame.Head head) {
					this.received.add(head.path());
					connection.respond(head.streamId(), 204);
				}
				else if (frame instanceof ClientFrame.Ping ping && !ping.ack()) {
					LockSupport.parkNanos(random.nextInt(pingNanos));
					connection.pong(ping);
				}
			}
		}
		catch (RuntimeException | AssertionError ex) {
			// The client is gone.
		}
	}

	private static Thread daemon(Runnable work) {
		Thread thread = new Thread(work, "safe-to-retry");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	/** How a call is made, and how it ends early. */
	enum Way {

		/** By its own limit, blocking. */
		TIME_LIMIT(2_000_000) {
			@Override
			void call(SafeToRetryTests test, Http2Transport transport, Random random) {
				blocking(test, transport, briefly(random));
			}
		},

		/** By an interrupt. */
		INTERRUPT(2_000_000) {
			@Override
			void call(SafeToRetryTests test, Http2Transport transport, Random random) {
				Thread caller = Thread.currentThread();
				Future<?> interrupt = test.clock.schedule(caller::interrupt, briefly(random).toNanos(),
						TimeUnit.NANOSECONDS);
				blocking(test, transport, Duration.ofSeconds(10));
				interrupt.cancel(false);
				Thread.interrupted();
			}
		},

		/** By its own limit, asynchronous: by the loop's clock, which is coarse. */
		ASYNCHRONOUS(250_000_000) {
			@Override
			void call(SafeToRetryTests test, Http2Transport transport, Random random) {
				List<String> paths = new ArrayList<>();
				List<CompletableFuture<Http2Response>> futures = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					String path = "/" + test.number.incrementAndGet();
					paths.add(path);
					futures.add(transport.roundTripAsync(test.request(transport, path, briefly(random))));
				}
				for (int i = 0; i < futures.size(); i++) {
					try {
						futures.get(i).get().close();
					}
					catch (ExecutionException ex) {
						test.failed(paths.get(i), ex.getCause());
					}
					catch (InterruptedException ex) {
						throw new AssertionError(ex);
					}
				}
			}
		};

		private final int pingNanos;

		Way(int pingNanos) {
			this.pingNanos = pingNanos;
		}

		abstract void call(SafeToRetryTests test, Http2Transport transport, Random random);

		private static void blocking(SafeToRetryTests test, Http2Transport transport, Duration limit) {
			String path = "/" + test.number.incrementAndGet();
			try (Http2Response response = transport.roundTrip(test.request(transport, path, limit))) {
				assertThat(response.status()).isEqualTo(204);
			}
			catch (Exception ex) {
				test.failed(path, ex);
			}
		}

	}

}
