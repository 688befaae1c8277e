package io.github.h2transport.conn;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.TlsPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * From a host name to a connection: look-up, addresses in order, deadlines.
 */
@Timeout(120)
class DialerTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final TlsOptions TLS = TlsOptions.of(Certificates.localhost().clientContext());

	private final Map<String, Resolver.LookUp> names = new ConcurrentHashMap<>();

	private final AtomicInteger lookUps = new AtomicInteger();

	private final CountDownLatch hanging = new CountDownLatch(1);

	private final Dialer dialer = new Dialer(TransportOptions.builder().eventLoops(1).build(), Thread::new, null,
			(host) -> {
				this.lookUps.incrementAndGet();
				Resolver.LookUp name = this.names.get(host);
				if (name == null) {
					throw new UnknownHostException(host);
				}
				return name.addresses(host);
			});

	@AfterEach
	void close() {
		this.hanging.countDown();
		this.dialer.close();
	}

	@Test
	void anAddressThatRefusesIsFollowedByTheNext() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			name("localhost", "127.0.0.2", "127.0.0.1");
			assertThat(dial("localhost", peer.port()).get().snapshot().remoteAddress())
				.isEqualTo("127.0.0.1:" + peer.port());
		}
	}

	@Test
	void anAddressThatIsSilentHasItsShareOfTheTime() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				FullListener silent = new FullListener("127.0.0.2", peer.port())) {
			name("localhost", "127.0.0.2", "127.0.0.1");
			long start = System.nanoTime();
			// Half of it is left for the other one, or there would be no connection.
			assertThat(dial("localhost", peer.port(), Duration.ofSeconds(6)).get().snapshot().remoteAddress())
				.isEqualTo("127.0.0.1:" + peer.port());
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2_900));
		}
	}

	@Test
	void ifAllAddressesRefuseTheFailureNamesThem() throws Exception {
		name("localhost", "127.0.0.2", "127.0.0.3");
		Http2Exception failure = failure(dial("localhost", closedPort()));
		assertThat(failure).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("Cannot connect to https://localhost")
			.hasMessageContaining("127.0.0.3")
			.hasMessageContaining("and 1 more")
			.hasMessageContaining("Connection refused");
		assertThat(failure.context().phase()).isEqualTo(Phase.CONNECT);
		assertThat(failure.isSafeToRetry()).isTrue();
	}

	@Test
	void silenceOfTheLastAddressTimesOut() throws Exception {
		try (FullListener silent = new FullListener("127.0.0.2", 0)) {
			name("localhost", "127.0.0.2");
			Http2Exception failure = failure(dial("localhost", silent.port(), Duration.ofMillis(200)));
			assertThat(failure.context().phase()).isEqualTo(Phase.CONNECT);
			assertThat(failure).isInstanceOfAny(Http2TimeoutException.class, ConnectFailedException.class)
				.hasMessageContaining("https://localhost:" + silent.port());
		}
	}

	@Test
	void anUnknownHostIsNamed() throws Exception {
		Http2Exception failure = failure(dial("nowhere.example", 443));
		assertThat(failure).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("Unknown host nowhere.example")
			.hasCauseInstanceOf(UnknownHostException.class);
		assertThat(failure.context().phase()).isEqualTo(Phase.RESOLVE);
	}

	@Test
	void anErrorOfTheLookUpDoesNotBlockTheHostForever() throws Exception {
		this.names.put("localhost", (host) -> {
			throw new NoClassDefFoundError("some.Provider");
		});
		assertThat(failure(dial("localhost", 443))).hasRootCauseInstanceOf(NoClassDefFoundError.class);
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			name("localhost", "127.0.0.1");
			assertThat(dial("localhost", peer.port()).get().wasOpen()).isTrue();
		}
	}

	@Test
	void aHostIsLookedUpOnceAtATimeAndALookUpThatHangsHoldsNobodyPastTheDeadline() throws Exception {
		hang("hanging.example");
		CompletableFuture<ClientConn> first = dial("hanging.example", 443, Duration.ofMillis(200));
		CompletableFuture<ClientConn> second = dial("hanging.example", 444, Duration.ofMillis(300));
		for (CompletableFuture<ClientConn> dial : List.of(first, second)) {
			Http2Exception failure = failure(dial);
			assertThat(failure).isInstanceOf(Http2TimeoutException.class)
				.hasMessageContaining("Timed out resolving the host name of https://hanging.example");
			assertThat(failure.context().phase()).isEqualTo(Phase.RESOLVE);
		}
		assertThat(this.lookUps).hasValue(1);
	}

	@Test
	void lookUpsThatHangDoNotHoldHandshakesUp() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			CountDownLatch goOn = new CountDownLatch(1);
			this.names.put("localhost", (host) -> {
				pass(goOn);
				return addresses("127.0.0.1");
			});
			CompletableFuture<ClientConn> good = dial("localhost", peer.port());
			await().until(() -> this.lookUps.get() == 1);
			// As many as a thread pool may have threads, one of which the good one has.
			for (int i = 0; i < 32; i++) {
				hang("hanging" + i + ".example");
				dial("hanging" + i + ".example", 443);
			}
			await().until(() -> this.lookUps.get() > 4);
			goOn.countDown();
			assertThat(good.get().wasOpen()).isTrue();
		}
	}

	/** A name server that does not answer: whoever asks for other names is served. */
	@Test
	void namesThatHangHoldUpThemselvesOnly() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			for (int i = 0; i < 100; i++) {
				hang("hanging" + i + ".example");
				dial("hanging" + i + ".example", 443);
			}
			await().until(() -> this.lookUps.get() == 100);
			name("localhost", "127.0.0.1");
			assertThat(dial("localhost", peer.port(), Duration.ofSeconds(5)).get().wasOpen()).isTrue();
		}
	}

	/** Not even when no thread is left. */
	@Test
	void anAddressIsNotLookedUp() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			for (int i = 0; i < 300; i++) {
				hang("hanging" + i + ".example");
				dial("hanging" + i + ".example", 443);
			}
			await().until(() -> this.lookUps.get() == 256);
			name("127.0.0.1", "127.0.0.1");
			assertThat(dial("127.0.0.1", peer.port(), Duration.ofSeconds(5)).get().wasOpen()).isTrue();
			name("::1", "127.0.0.1");
			assertThat(dial("[::1]", peer.port(), Duration.ofSeconds(5)).get().wasOpen()).isTrue();
			name("localhost", "127.0.0.1");
			Http2Exception failure = failure(dial("localhost", peer.port(), Duration.ofMillis(300)));
			assertThat(failure).isInstanceOf(Http2TimeoutException.class);
			this.hanging.countDown();
			assertThat(dial("localhost", peer.port()).get().wasOpen()).isTrue();
		}
	}

	@Test
	void anAddressFilterTakesAddressesOut() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			name("localhost", "127.0.0.2", "127.0.0.1");
			AddressFilter filter = (host, address) -> address.getHostAddress().equals("127.0.0.1");
			assertThat(dial("localhost", peer.port(), LONG, filter).get().wasOpen()).isTrue();
			Http2Exception failure = failure(dial("localhost", peer.port(), LONG, (host, address) -> false));
			assertThat(failure).hasMessageContaining("No address of localhost passes the address filter");
			assertThat(failure.context().phase()).isEqualTo(Phase.RESOLVE);
		}
	}

	@Test
	void anAddressFilterMaySayWhyItAcceptsNone() throws Exception {
		name("inside.example", "10.0.0.1");
		IllegalStateException reason = new IllegalStateException("only the internet");
		AddressFilter filter = new AddressFilter() {

			@Override
			public boolean accepts(String host, InetAddress address) {
				return !address.isSiteLocalAddress();
			}

			@Override
			public Throwable refusal(String host) {
				return reason;
			}

		};
		assertThat(failure(dial("inside.example", 443, LONG, filter)).getCause()).isSameAs(reason);
	}

	@Test
	void aPoolMayPutTheAddressesIntoAnotherOrder() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
				FullListener silent = new FullListener("127.0.0.2", peer.port())) {
			name("localhost", "127.0.0.2", "127.0.0.1");
			ConnectionKey key = new ConnectionKey(Origin.of(URI.create("https://localhost:" + peer.port())), TLS, null);
			Opened opened = new Opened(new CompletableFuture<>());
			this.dialer.dial(key, LONG, false, opened, (found) -> List.of(found.get(1), found.get(0)));
			assertThat(opened.outcome().get().remoteAddress()).isEqualTo(InetAddress.getByName("127.0.0.1"));
			assertThat(this.dialer.resolve(key).toCompletableFuture().get())
				.containsExactly(addresses("127.0.0.2", "127.0.0.1"));
			Opened failed = new Opened(new CompletableFuture<>());
			this.dialer.dial(key, LONG, false, failed, (found) -> {
				throw new IllegalStateException("no order");
			});
			assertThat(failure(failed.outcome())).hasMessageContaining("no order");
		}
	}

	@Test
	void anAddressFilterThatThrowsFailsItsOwnDialOnly() throws Exception {
		try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
			name("localhost", "127.0.0.1");
			ClientConn healthy = dial("localhost", peer.port()).get();
			assertThat(failure(dial("localhost", peer.port(), LONG, (host, address) -> {
				throw new IllegalStateException("no list of addresses");
			}))).hasMessageContaining("no list of addresses");
			assertThat(dial("localhost", peer.port()).get().wasOpen()).isTrue();
			assertThat(healthy.state()).isEqualTo(ConnectionState.OPEN);
		}
	}

	@Test
	void closingEndsADialThatHangs() throws Exception {
		hang("hanging.example");
		CompletableFuture<ClientConn> dial = dial("hanging.example", 443);
		await().until(() -> this.lookUps.get() == 1);
		this.dialer.close();
		assertThat(failure(dial)).hasMessageContaining("The transport was closed meanwhile");
		assertThat(this.dialer.connections()).isEmpty();
	}

	// ---- words of these tests ----

	private void name(String host, String... addresses) {
		this.names.put(host, (name) -> addresses(addresses));
	}

	private void hang(String host) {
		this.names.put(host, (name) -> {
			pass(this.hanging);
			throw new UnknownHostException(name);
		});
	}

	private static InetAddress[] addresses(String... literals) throws UnknownHostException {
		InetAddress[] addresses = new InetAddress[literals.length];
		for (int i = 0; i < literals.length; i++) {
			addresses[i] = InetAddress.getByName(literals[i]);
		}
		return addresses;
	}

	private static void pass(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private CompletableFuture<ClientConn> dial(String host, int port) {
		return dial(host, port, LONG);
	}

	private CompletableFuture<ClientConn> dial(String host, int port, Duration timeout) {
		return dial(host, port, timeout, null);
	}

	private CompletableFuture<ClientConn> dial(String host, int port, Duration timeout, AddressFilter filter) {
		ConnectionKey key = new ConnectionKey(Origin.of(URI.create("https://" + host + ":" + port)), TLS, filter);
		Opened opened = new Opened(new CompletableFuture<>());
		this.dialer.dial(key, timeout, false, opened);
		return opened.outcome();
	}

	private static Http2Exception failure(CompletableFuture<ClientConn> dial) {
		return (Http2Exception) dial.handle((connection, failure) -> failure).join();
	}

	/** Learns what comes of a dial. */
	private record Opened(CompletableFuture<ClientConn> outcome) implements ConnObserver {

		@Override
		public void opened(ClientConn connection) {
			this.outcome.complete(connection);
		}

		@Override
		public void slotsFreed(ClientConn connection) {
		}

		@Override
		public void draining(ClientConn connection) {
		}

		@Override
		public void closed(ClientConn connection, Http2Exception cause) {
			this.outcome.completeExceptionally(cause);
		}

	}

	/** Listens, but answers nobody: its queue of connections is full. */
	private static final class FullListener implements AutoCloseable {

		private final ServerSocket socket;

		private final List<SocketChannel> queued = new ArrayList<>();

		FullListener(String address, int port) throws IOException {
			this.socket = new ServerSocket(port, 1, InetAddress.getByName(address));
			// Linux takes one more than the backlog says, and then drops what comes.
			for (int i = 0; i < 4; i++) {
				SocketChannel channel = SocketChannel.open();
				channel.configureBlocking(false);
				channel.connect(this.socket.getLocalSocketAddress());
				this.queued.add(channel);
			}
		}

		int port() {
			return this.socket.getLocalPort();
		}

		@Override
		public void close() throws IOException {
			for (SocketChannel channel : this.queued) {
				channel.close();
			}
			this.socket.close();
		}

	}

}
