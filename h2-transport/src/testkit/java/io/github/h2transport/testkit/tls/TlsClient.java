package io.github.h2transport.testkit.tls;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLContext;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.transport.Http2Transport;

/**
 * A transport with one event loop, and the calls that TLS tests make with it.
 */
public final class TlsClient implements AutoCloseable {

	private final Http2Transport transport;

	private TlsClient(TlsOptions tls, UnaryOperator<TransportOptions.Builder> options) {
		this.transport = Http2Transport.builder()
			.options(options
				.apply(TransportOptions.builder().eventLoops(1).connectTimeout(Duration.ofSeconds(10)).tls(tls))
				.build())
			.build();
	}

	/** Trusts the certificate of localhost. */
	public static TlsClient trustingLocalhost() {
		return trusting(Certificates.localhost());
	}

	public static TlsClient trusting(Certificates certificates) {
		return with(certificates.newClientContext());
	}

	public static TlsClient with(SSLContext context) {
		return with(TlsOptions.of(context));
	}

	public static TlsClient with(TlsOptions tls) {
		return new TlsClient(tls, (options) -> options);
	}

	public static TlsClient with(TlsOptions tls, UnaryOperator<TransportOptions.Builder> options) {
		return new TlsClient(tls, options);
	}

	public Http2Transport transport() {
		return this.transport;
	}

	public byte[] get(URI uri) throws IOException {
		return get(uri, CallOptions.defaults());
	}

	public byte[] get(URI uri, CallOptions options) throws IOException {
		Http2Request request = Http2Request.builder("GET", uri).options(options).build();
		try (Http2Response response = this.transport.roundTrip(request)) {
			check(response.status() == 200, "the status is " + response.status());
			return response.body().readAllBytes();
		}
	}

	/** Uploads content and returns the digest that the server made of it. */
	public String post(URI uri, byte[] content) throws IOException {
		Http2Request request = Http2Request.builder("POST", uri).body(RequestBody.of(content)).build();
		try (Http2Response response = this.transport.roundTrip(request)) {
			return new String(response.body().readAllBytes());
		}
	}

	/** Downloads and checks {@code /bytes/N} of a peer that serves. */
	public void getsRight(URI uri) throws IOException {
		getsRight(uri, CallOptions.defaults());
	}

	/** The same with another TLS identity, on a connection of its own. */
	public void getsRight(URI uri, TlsOptions tls) throws IOException {
		getsRight(uri, CallOptions.builder().tls(tls).build());
	}

	private void getsRight(URI uri, CallOptions options) throws IOException {
		int size = Integer.parseInt(uri.getPath().substring("/bytes/".length()));
		check(Arrays.equals(get(uri, options), Content.ofSize(size)), "other content than that of " + uri);
	}

	public <T extends Http2Exception> T failure(Class<T> type, URI uri) {
		try {
			get(uri);
		}
		catch (IOException ex) {
			check(type.isInstance(ex), "another failure: " + ex);
			return type.cast(ex);
		}
		throw new AssertionError("No failure of " + uri);
	}

	private static void check(boolean right, String wrong) {
		if (!right) {
			throw new AssertionError(wrong);
		}
	}

	public List<ConnectionSnapshot> connections() {
		return this.transport.snapshot().origins().stream().flatMap((row) -> row.connections().stream()).toList();
	}

	public ConnectionSnapshot.Tls tls() {
		return connections().get(0).tls();
	}

	@Override
	public void close() {
		this.transport.close();
	}

}
