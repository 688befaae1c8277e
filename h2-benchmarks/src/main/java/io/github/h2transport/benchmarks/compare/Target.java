package io.github.h2transport.benchmarks.compare;

import java.util.Locale;

/** A server that is called. */
public enum Target {

	NGHTTPD_H2C,

	NGHTTPD_TLS,

	NGINX_H2C,

	NGINX_TLS,

	/** nghttpd in cleartext that allows more streams than any row has callers. */
	NGHTTPD_WIDE,

	/** nghttpd in cleartext at every address of this machine, for many connections. */
	NGHTTPD_ANY,

	/** The same with TLS; its certificate names one of the addresses only. */
	NGHTTPD_ANY_TLS;

	public boolean isTls() {
		return this == NGHTTPD_TLS || this == NGINX_TLS || this == NGHTTPD_ANY_TLS;
	}

	public String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
