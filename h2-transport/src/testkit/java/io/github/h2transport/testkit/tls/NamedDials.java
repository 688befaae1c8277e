package io.github.h2transport.testkit.tls;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Origin;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.ConnectProxy;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

/**
 * Dials servers of 127.0.0.1 by any name, through a proxy that finds each name there.
 */
public final class NamedDials implements AutoCloseable {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final TlsOptions tls;

	private final ConnectProxy proxy = ConnectProxy.start();

	private final Http2Transport transport = Http2Transport.builder()
		.options(TransportOptions.builder().eventLoops(1).connectTimeout(LIMIT).build())
		.build();

	public NamedDials(TlsOptions tls) {
		this.tls = tls;
	}

	/**
	 * Dials, and closes the connection as soon as it is open.
	 * @param host the name
	 * @param port of a server on 127.0.0.1
	 * @return {@code null}, or why it could not be opened
	 */
	public @Nullable Http2Exception dial(String host, int port) throws InterruptedException, TimeoutException {
		ConnectionKey key = new ConnectionKey(new Origin("https", host, port), this.tls, null, this.proxy.settings());
		try {
			this.transport.warmUp(key).get(2 * LIMIT.toSeconds(), TimeUnit.SECONDS);
			this.transport.closeIdleConnections();
			return null;
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Http2Exception failure) {
				return failure;
			}
			throw new AssertionError("Another failure", ex.getCause());
		}
	}

	@Override
	public void close() {
		this.transport.shutdown(Duration.ZERO).join();
		this.proxy.close();
	}

}
