package io.github.h2transport.spring.matrix;

import java.net.URI;

/** A started server with {@link Site}, on two ports of 127.0.0.1. */
interface RunningServer extends AutoCloseable {

	/**
	 * Returns a port.
	 * @param secure whether it speaks TLS (1.2 and 1.3) or HTTP/2 by prior knowledge
	 * @return its number
	 */
	int port(boolean secure);

	default URI uri(Protocol protocol, String path) {
		String scheme = protocol.isSecure() ? "https" : "http";
		return URI.create(scheme + "://localhost:" + port(protocol.isSecure()) + path);
	}

	@Override
	void close();

}
