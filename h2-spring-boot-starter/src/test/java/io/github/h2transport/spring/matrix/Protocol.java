package io.github.h2transport.spring.matrix;

import java.util.List;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import org.jspecify.annotations.Nullable;

/** What HTTP/2 runs over. A server offers all at once; the client chooses. */
enum Protocol {

	/** Cleartext with prior knowledge (RFC 9113 section 3.3). */
	H2C("h2c"),

	TLS_1_2("TLS 1.2", "TLSv1.2"),

	/*
	 * As clients offer it, with 1.2 beside it: to those who offer 1.3 alone Undertow 2.3
	 * refuses HTTP/2.
	 */
	TLS_1_3("TLS 1.3", "TLSv1.3", "TLSv1.2");

	private final String label;

	private final List<String> offered;

	Protocol(String label, String... offered) {
		this.label = label;
		this.offered = List.of(offered);
	}

	boolean isSecure() {
		return !this.offered.isEmpty();
	}

	/**
	 * Returns the version of TLS that a connection must show.
	 * @return as JSSE names it, {@code null} for cleartext
	 */
	@Nullable String tlsVersion() {
		return isSecure() ? this.offered.get(0) : null;
	}

	/**
	 * Returns what the client offers, the best first.
	 * @return as JSSE names it, empty for cleartext
	 */
	List<String> offered() {
		return this.offered;
	}

	/**
	 * Returns options that trust the servers here and offer this version.
	 * @return new options, {@code null} for cleartext
	 */
	@Nullable TlsOptions tlsOptions() {
		return isSecure() ? TlsOptions.of(Certificates.localhost().clientContext(), this.offered, null) : null;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
