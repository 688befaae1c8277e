package io.github.h2transport.faults;

import java.net.URI;
import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.PoolException;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportListener;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.ConnectionRequest;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.DelegatingPool;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedExchange;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.TrackedStream;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Code of the application runs on the transport's threads: pools, listeners, filters, TLS
 * contexts. A pool that threw once has stopped its event loop for ever. Whatever they do,
 * other calls go on, each call of their own ends, and no socket stays behind.
 */
class BadGuestsTests {

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(), this::answer);

	/** Opened when the test is ready for the answers to what is held. */
	private final CountDownLatch ready = new CountDownLatch(1);

	private void answer(ServedExchange exchange) {
		if (exchange.path().equals("/held")) {
			try {
				this.ready.await();
			}
			catch (InterruptedException ex) {
				return;
			}
		}
		exchange.respond(200, new byte[0]);
	}

	@AfterEach
	void end() {
		this.server.close();
	}

	private Http2Request get() {
		return Http2Request.get(this.server.uri("/"));
	}

	private Http2Request held() {
		return Http2Request.get(this.server.uri("/held"));
	}

	/** Each call dials, so that every loop is needed. */
	@ParameterizedTest
	@EnumSource
	void aPoolThatThrowsWhenItIsToldOfAConnectionStopsNoLoop(Event event) throws Exception {
		for (Throwable failure : List.of(new IllegalStateException("bad pool"), new StackOverflowError("bad pool"),
				new Unspeakable())) {
			try (Http2Transport transport = Http2Transport.builder()
				.options(Transports.options((options) -> options.eventLoops(2)))
				.connPool((dialer) -> new OneEach(dialer, event, failure))
				.build()) {
				for (int i = 0; i < 12; i++) {
					assertThat(Transports.exchange(transport, get())).isEqualTo("200");
				}
				// Also the end of its connections goes on behind what it has thrown.
				await().until(() -> Transports.connections(transport).isEmpty());
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aPoolThatThrowsInsteadOfAnsweringFailsThatCallOnly(CallStyle style) {
		PoolAnswer answer = new PoolAnswer();
		try (Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
		})).connPool((dialer) -> answer.orElse(new DefaultClientConnPool(dialer, Transports.options((options) -> {
		})))).build()) {
			answer.next = () -> {
				throw new IllegalStateException("no connection today");
			};
			assertThat(style.begin(transport, get()).failure(PoolException.class))
				.hasMessageContaining("no connection today");
			answer.next = () -> {
				throw new StackOverflowError("deep");
			};
			assertThat(style.begin(transport, get()).failure(PoolException.class)).hasMessageContaining("deep");
			answer.next = () -> null;
			style.begin(transport, get()).failure(PoolException.class);
			answer.next = () -> {
				CompletableFuture<ClientConn> cancelled = new CompletableFuture<>();
				cancelled.cancel(false);
				return cancelled;
			};
			style.begin(transport, get()).failure(PoolException.class);
			answer.next = () -> {
				CompletableFuture<ClientConn> cancelled = new CompletableFuture<>();
				CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(() -> cancelled.cancel(false));
				return cancelled;
			};
			style.begin(transport, get()).failure(PoolException.class);
			answer.next = null;
			assertThat(style.begin(transport, get()).result()).isEqualTo(200);
		}
	}

	/** It is asked what there is when a call has waited in vain. */
	@ParameterizedTest
	@EnumSource
	void aPoolThatCannotSayWhatThereIsKeepsNoCallWaiting(CallStyle style) {
		try (Http2Transport transport = Http2Transport.builder()
			.options(Transports.options((options) -> options.acquireTimeout(Duration.ofMillis(200))))
			.connPool((dialer) -> new Mute(new DefaultClientConnPool(dialer, Transports.options((options) -> {
			}))))
			.build()) {
			assertThat(style.begin(transport, get()).failure(PoolException.class))
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(PoolException.Reason.ACQUIRE_TIMEOUT));
		}
	}

	@Test
	void aListenerThatThrowsWhatCannotBePrintedStopsNothing() throws Exception {
		TransportListener bad = new TransportListener() {

			@Override
			public void connectionOpened(String connectionId, ConnectionKey key) {
				throw new Unspeakable();
			}

			@Override
			public void done(Http2Request request, Throwable failure) {
				throw new Unspeakable();
			}

		};
		try (Http2Transport transport = Http2Transport.builder().options(Transports.options((options) -> {
		})).listener(bad).build()) {
			for (int i = 0; i < 3; i++) {
				assertThat(Transports.exchange(transport, get())).isEqualTo("200");
			}
		}
	}

	@Test
	void whatDependsOnAFutureMayThrowAnythingOnTheLoop() throws Exception {
		try (Http2Transport transport = Transports.cleartext((options) -> options.eventLoops(1))) {
			CountDownLatch threw = new CountDownLatch(3);
			for (int i = 0; i < 3; i++) {
				transport.roundTripAsync(held()).thenAccept((response) -> {
					response.close();
					threw.countDown();
					// Even the JDK cannot wrap it: it comes out of complete().
					throw new Unspeakable();
				});
			}
			this.ready.countDown();
			assertThat(threw.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(Transports.exchange(transport, get())).isEqualTo("200");
		}
	}

	/** With its flag up every select would return at once, and spin on a core. */
	@Test
	void anInterruptedLoopThreadClearsItsFlagAndGoesOn() throws Exception {
		List<Thread> loops = new CopyOnWriteArrayList<>();
		try (Http2Transport transport = Http2Transport.builder()
			.options(Transports.options((options) -> options.eventLoops(1)))
			.threadFactory((task) -> {
				Thread thread = new Thread(task, "interrupted-loop");
				thread.setDaemon(true);
				loops.add(thread);
				return thread;
			})
			.build()) {
			assertThat(Transports.exchange(transport, get())).isEqualTo("200");
			Thread loop = loops.get(0);
			loop.interrupt();
			await().until(() -> !loop.isInterrupted());
			// And by a guest, in the middle of a turn.
			CompletableFuture<Thread> guest = transport.roundTripAsync(held()).thenApply((response) -> {
				response.close();
				Thread.currentThread().interrupt();
				return Thread.currentThread();
			});
			this.ready.countDown();
			assertThat(guest.get(20, TimeUnit.SECONDS)).isSameAs(loop);
			await().until(() -> !loop.isInterrupted());
			assertThat(Transports.exchange(transport, get())).isEqualTo("200");
			assertThat(this.server.connections()).isEqualTo(1);
		}
	}

	/** From the server's side: each connection that was made ends, and nothing came. */
	@ParameterizedTest
	@EnumSource
	void aTlsContextThatThrowsLeavesNoSocketBehind(CallStyle style) throws Exception {
		List<Consumer<Object>> failures = List.of((any) -> {
			throw new NoClassDefFoundError("a provider that is half there");
		}, (any) -> {
			throw new IllegalStateException("not today");
		}, (any) -> sneakyThrow(new KeyManagementException("undeclared")));
		try (ScriptedServer plain = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
			for (Consumer<Object> failure : failures) {
				CallOptions options = CallOptions.builder().tls(TlsOptions.of(new BadContext(failure))).build();
				URI uri = URI.create("https://127.0.0.1:" + plain.port() + "/");
				Http2Exception ex = style.begin(transport, Http2Request.builder("GET", uri).options(options).build())
					.failure(ConnectFailedException.class);
				assertThat(ex.isSafeToRetry()).isTrue();
				assertThat(plain.accept().next()).isInstanceOf(ClientFrame.End.class);
			}
			assertThat(Transports.connections(transport)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void anAddressFilterThatThrowsFailsThatCallOnly(CallStyle style) {
		try (Http2Transport transport = Transports.cleartext()) {
			for (Throwable failure : List.of(new IllegalStateException("bad filter"),
					new NoSuchMethodError("bad filter"), new KeyManagementException("bad filter"))) {
				AddressFilter bad = (host, address) -> {
					sneakyThrow(failure);
					return true;
				};
				Http2Request request = Http2Request.builder("GET", this.server.uri("/"))
					.options(CallOptions.builder().addressFilter(bad).build())
					.build();
				assertThat(style.begin(transport, request).failure(ConnectFailedException.class))
					.hasMessageContaining("bad filter");
			}
			assertThat(style.begin(transport, get()).result()).isEqualTo(200);
			await().until(() -> Transports.connections(transport).size() == 1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aProxyResolverThatThrowsFailsThatCallOnlyAndItsBodyIsClosed(CallStyle style) {
		try (Http2Transport transport = Transports.cleartext()) {
			for (Throwable failure : List.of(new IllegalStateException("bad resolver"),
					new NoSuchMethodError("bad resolver"), new KeyManagementException("bad resolver"))) {
				TrackedStream content = new TrackedStream(new byte[3]);
				Http2Request request = Http2Request.builder("POST", this.server.uri("/"))
					.body(RequestBody.ofInputStream(content, 3))
					.options(CallOptions.builder().proxy((origin) -> {
						sneakyThrow(failure);
						return null;
					}).build())
					.build();
				assertThat(style.begin(transport, request).failure(InvalidRequestException.class))
					.hasMessageContaining("bad resolver");
				assertThat(content.closes()).isEqualTo(1);
			}
			assertThat(style.begin(transport, get()).result()).isEqualTo(200);
		}
	}

	@Test
	void aThreadFactoryThatFailsFailsTheBuildAndNothingElse() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> Http2Transport.builder().threadFactory((task) -> {
				throw new IllegalStateException("no threads");
			}).build());
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

	/** What a pool is told. */
	enum Event {

		OPENED, SLOTS_FREED, DRAINING, CLOSED

	}

	/** Not even its name can be had without another failure. */
	private static final class Unspeakable extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String toString() {
			throw new IllegalStateException("no words");
		}

		@Override
		public String getMessage() {
			throw new IllegalStateException("no words");
		}

	}

	/** Dials for each request; one of the things that it does fails afterwards. */
	private static final class OneEach implements ClientConnPool {

		private final Dialer dialer;

		private final Event bad;

		private final Throwable failure;

		private OneEach(Dialer dialer, Event bad, Throwable failure) {
			this.dialer = dialer;
			this.bad = bad;
			this.failure = failure;
		}

		private void told(Event event) {
			if (event == this.bad) {
				sneakyThrow(this.failure);
			}
		}

		@Override
		public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
			CompletableFuture<ClientConn> result = new CompletableFuture<>();
			this.dialer.dial(request.key(), request.connectTimeout(), true, new ConnObserver() {

				@Override
				public void opened(ClientConn connection) {
					if (connection.tryReserve()) {
						result.complete(connection);
					}
					told(Event.OPENED);
				}

				@Override
				public void slotsFreed(ClientConn connection) {
					told(Event.SLOTS_FREED);
				}

				@Override
				public void draining(ClientConn connection) {
					told(Event.DRAINING);
				}

				@Override
				public void closed(ClientConn connection, Http2Exception cause) {
					result.completeExceptionally(cause);
					told(Event.CLOSED);
				}

			});
			return result;
		}

		@Override
		public void markDead(ClientConn connection) {
			connection.doNotReuse();
		}

		@Override
		public int pending(ConnectionKey key) {
			return 0;
		}

		@Override
		public void close() {
		}

	}

	/** Answers as the test says. */
	private static final class PoolAnswer {

		private volatile Answer next;

		private ClientConnPool orElse(ClientConnPool other) {
			return new DelegatingPool(other) {

				@Override
				public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
					Answer answer = PoolAnswer.this.next;
					return (answer != null) ? answer.get() : super.getClientConn(request);
				}

			};
		}

		private interface Answer {

			CompletionStage<ClientConn> get();

		}

	}

	/** Never gives a connection, and cannot say why. */
	private static final class Mute extends DelegatingPool {

		private Mute(ClientConnPool target) {
			super(target);
		}

		@Override
		public CompletionStage<ClientConn> getClientConn(ConnectionRequest request) {
			return new CompletableFuture<>();
		}

		@Override
		public int pending(ConnectionKey key) {
			throw new UnsupportedOperationException("pending");
		}

	}

	/** Fails whenever it is to make an engine. */
	private static final class BadContext extends SSLContext {

		private BadContext(Consumer<Object> failure) {
			super(new BadSpi(failure), new Provider("Bad", "1", "for a test") {

				private static final long serialVersionUID = 1L;

			}, "TLS");
		}

	}

	private static final class BadSpi extends SSLContextSpi {

		private final Consumer<Object> failure;

		private BadSpi(Consumer<Object> failure) {
			this.failure = failure;
		}

		@Override
		protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
		}

		@Override
		protected SSLSocketFactory engineGetSocketFactory() {
			throw new UnsupportedOperationException();
		}

		@Override
		protected SSLServerSocketFactory engineGetServerSocketFactory() {
			throw new UnsupportedOperationException();
		}

		@Override
		protected SSLEngine engineCreateSSLEngine() {
			this.failure.accept(this);
			throw new UnsupportedOperationException();
		}

		@Override
		protected SSLEngine engineCreateSSLEngine(String host, int port) {
			return engineCreateSSLEngine();
		}

		@Override
		protected SSLSessionContext engineGetServerSessionContext() {
			throw new UnsupportedOperationException();
		}

		@Override
		protected SSLSessionContext engineGetClientSessionContext() {
			throw new UnsupportedOperationException();
		}

	}

}
