package io.github.h2transport.spring.matrix;

import java.util.List;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import org.jspecify.annotations.Nullable;

/** What HTTP/2 runs over. A server offers all at once; the client insists on one. */
enum Protocol {

	/** Cleartext with prior knowledge (RFC 9113 section 3.3). */
	H2C("h2c", null),

	TLS_1_2("TLS 1.2", "TLSv1.2"),

	TLS_1_3("TLS 1.3", "TLSv1.3");

	private final String label;

	private final @Nullable String tlsVersion;

	Protocol(String label, @Nullable String tlsVersion) {
		this.label = label;
		this.tlsVersion = tlsVersion;
	}

	boolean isSecure() {
		return this.tlsVersion != null;
	}

	/**
	 * Returns the version of TLS that a connection must show.
	 * @return as JSSE names it, {@code null} for cleartext
	 */
	@Nullable String tlsVersion() {
		return this.tlsVersion;
	}

	/**
	 * Returns options that trust the servers here and speak this version only.
	 * @return new options, {@code null} for cleartext
	 */
	@Nullable TlsOptions tlsOptions() {
		String version = this.tlsVersion;
		return (version != null) ? TlsOptions.of(Certificates.localhost().clientContext(), List.of(version), null)
				: null;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
