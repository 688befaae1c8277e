package io.github.h2transport;

import java.util.List;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * The TLS identity and rules of a group of connections. Compared by identity: connections
 * of two instances are never shared, since they may present different client
 * certificates. Make one instance per trust and key material and keep it.
 */
public final class TlsOptions {

	private final SSLContext context;

	private final @Nullable List<String> protocols;

	private final @Nullable List<String> ciphers;

	private TlsOptions(SSLContext context, @Nullable List<String> protocols, @Nullable List<String> ciphers) {
		this.context = context;
		this.protocols = (protocols != null) ? List.copyOf(protocols) : null;
		this.ciphers = (ciphers != null) ? List.copyOf(ciphers) : null;
	}

	/**
	 * Uses the trust and key material of a context.
	 * @param context an initialized context
	 * @return options with the context's own protocols and cipher suites, as far as
	 * HTTP/2 allows them
	 */
	public static TlsOptions of(SSLContext context) {
		return new TlsOptions(context, null, null);
	}

	/**
	 * Uses a context with a choice of protocols and cipher suites.
	 * @param context an initialized context
	 * @param protocols JSSE protocol names such as {@code TLSv1.3}, {@code null} for the
	 * context's own; versions below TLS 1.2 are never used (RFC 9113 section 9.2)
	 * @param ciphers JSSE cipher suite names, {@code null} for the context's own
	 * @return the options
	 */
	public static TlsOptions of(SSLContext context, @Nullable List<String> protocols, @Nullable List<String> ciphers) {
		return new TlsOptions(context, protocols, ciphers);
	}

	public SSLContext context() {
		return this.context;
	}

	public @Nullable List<String> protocols() {
		return this.protocols;
	}

	public @Nullable List<String> ciphers() {
		return this.ciphers;
	}

}
