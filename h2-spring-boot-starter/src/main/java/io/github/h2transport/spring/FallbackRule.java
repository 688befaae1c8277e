package io.github.h2transport.spring;

import java.net.URI;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.ProxyResolver;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Which calls of one client may leave HTTP/2. The HTTP/1.1 client knows the TLS identity,
 * the address filter and the proxy of the settings only: a call with another one never
 * leaves.
 */
final class FallbackRule {

	private final Http1Origins origins;

	private final @Nullable TlsOptions tls;

	private final @Nullable AddressFilter addressFilter;

	private final @Nullable ProxyResolver proxy;

	/**
	 * Makes the rule of a client.
	 * @param origins decides
	 * @param applied the options that the client's settings became
	 */
	FallbackRule(Http1Origins origins, CallOptions applied) {
		this.origins = origins;
		this.tls = applied.tls();
		this.addressFilter = applied.addressFilter();
		this.proxy = applied.proxy();
	}

	/** Whether HTTP/2 is not to be tried. */
	boolean usesHttp1(Http2Request request, TransportOptions options) {
		ConnectionKey key = keyOf(request);
		if (key == null) {
			return isUnreadable(request) && this.origins.usesHttp1ForUnreadable(options);
		}
		return mayFallBack(request, key, options) && this.origins.usesHttp1(key, options);
	}

	/**
	 * Whether what failed over HTTP/2, and was not sent, is to be tried over HTTP/1.1.
	 */
	boolean turnsToHttp1(Http2Request request, Http2Exception failure, TransportOptions options) {
		ConnectionKey key = keyOf(request);
		return key != null && mayFallBack(request, key, options) && this.origins.turnsToHttp1(key, failure);
	}

	/** Says of a refused URL what can be done about it. */
	Http2Exception explain(Http2Request request, Http2Exception failure, TransportOptions options) {
		ConnectionKey key = keyOf(request);
		return (key != null) ? this.origins.explain(key, failure, options) : failure;
	}

	/**
	 * Whether {@link URI} finds no host where there is one, as with the underscores that
	 * names in container networks have. HTTP/2 needs a host that can be verified; some
	 * clients of HTTP/1.1 read the name by themselves.
	 */
	private static boolean isUnreadable(Http2Request request) {
		URI uri = request.uri();
		return "http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() == null && uri.getRawAuthority() != null;
	}

	/** Returns {@code null} for a target that the transport will refuse. */
	private static @Nullable ConnectionKey keyOf(Http2Request request) {
		try {
			return new ConnectionKey(Origin.of(request.uri()), request.options().tls(),
					request.options().addressFilter());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/** The options of the origin that is called, as far as it can be told. */
	static TransportOptions optionsOf(Http2Request request, TransportOptions options) {
		ConnectionKey key = keyOf(request);
		return (key != null) ? options.forOrigin(key.origin()) : options;
	}

	private boolean mayFallBack(Http2Request request, ConnectionKey key, TransportOptions options) {
		if (key.addressFilter() != this.addressFilter || request.options().proxy() != this.proxy) {
			return false;
		}
		boolean ownIdentity = key.tls() == this.tls
				&& (key.tls() != null || options.forOrigin(key.origin()).tls() == null);
		return ownIdentity || !key.origin().isSecure();
	}

}
