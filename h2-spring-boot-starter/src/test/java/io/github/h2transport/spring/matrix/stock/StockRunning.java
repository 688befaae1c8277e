package io.github.h2transport.spring.matrix.stock;

import java.net.URI;

/** A started server with {@link StockSite}, on two ports of 127.0.0.1. */
interface StockRunning extends AutoCloseable {

	/**
	 * Returns a port.
	 * @param secure whether it speaks TLS or HTTP/2 by prior knowledge
	 * @return its number
	 */
	int port(boolean secure);

	default URI uri(boolean secure, String path) {
		return URI.create((secure ? "https" : "http") + "://localhost:" + port(secure) + path);
	}

	@Override
	void close();

}
