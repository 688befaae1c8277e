package io.github.h2transport.conn;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Origin;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Dials servers of 127.0.0.1 by any name.
 */
public final class NamedDials implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final TlsOptions tls;

	private final Dialer dialer = new Dialer(TransportOptions.builder().eventLoops(1).build(), Thread::new, null,
			(host) -> new InetAddress[] { InetAddress.getLoopbackAddress() });

	public NamedDials(TlsOptions tls) {
		this.tls = tls;
	}

	/**
	 * Dials, and closes the connection as soon as it is open.
	 * @return {@code null}, or why it could not be opened
	 */
	public @Nullable Http2Exception dial(String host, int port) throws InterruptedException, ExecutionException {
		CompletableFuture<@Nullable Http2Exception> outcome = new CompletableFuture<>();
		ConnectionKey key = new ConnectionKey(new Origin("https", host, port), this.tls, null);
		this.dialer.dial(key, LIMIT, false, new ConnObserver() {

			@Override
			public void opened(ClientConn connection) {
				outcome.complete(null);
				connection.closeIfIdle();
			}

			@Override
			public void slotsFreed(ClientConn connection) {
			}

			@Override
			public void draining(ClientConn connection) {
			}

			@Override
			public void closed(ClientConn connection, Http2Exception cause) {
				outcome.complete(cause);
			}

		});
		return outcome.get();
	}

	@Override
	public void close() {
		this.dialer.close();
	}

}
