package io.github.h2transport.spring;

import io.github.h2transport.Http2Request;
import io.github.h2transport.TlsOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.ssl.SslBundle;

/**
 * The TLS identity of one SSL bundle, which may be replaced while clients use it: keys
 * and certificates have an end. Thread-safe.
 */
final class TlsIdentity {

	private final @Nullable String name;

	/** Replaced as a whole, so that bundle and options always belong together. */
	private volatile Material material;

	/**
	 * Makes an identity.
	 * @param name the bundle's name, {@code null} if it has none and is never replaced
	 * @param bundle the bundle
	 * @param options what it became
	 */
	TlsIdentity(@Nullable String name, SslBundle bundle, TlsOptions options) {
		this.name = name;
		this.material = new Material(bundle, options);
	}

	@Nullable String name() {
		return this.name;
	}

	TlsOptions options() {
		return this.material.options;
	}

	/** Returns what it was before. */
	TlsOptions replace(SslBundle bundle, TlsOptions options) {
		TlsOptions old = this.material.options;
		this.material = new Material(bundle, options);
		return old;
	}

	/** Puts the present bundle in the place of the one that a client was built with. */
	HttpClientSettings current(HttpClientSettings settings) {
		SslBundle current = this.material.bundle;
		return (settings.sslBundle() != current) ? settings.withSslBundle(current) : settings;
	}

	/**
	 * Puts the present identity in the place of the one that a client was built with.
	 * @param request a request of that client
	 * @param built what the client was built with; calls with another one have chosen it
	 * themselves
	 * @return the same request as long as nothing was replaced
	 */
	Http2Request current(Http2Request request, TlsOptions built) {
		TlsOptions current = this.material.options;
		if (current == built || request.options().tls() != built) {
			return request;
		}
		return RedirectRule.copy(request).options(request.options().toBuilder().tls(current).build()).build();
	}

	/**
	 * What connections are made with.
	 *
	 * @param bundle keys, trust and options
	 * @param options the same for the transport
	 */
	private record Material(SslBundle bundle, TlsOptions options) {
	}

}
