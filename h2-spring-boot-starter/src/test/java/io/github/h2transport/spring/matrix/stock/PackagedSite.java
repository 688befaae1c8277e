package io.github.h2transport.spring.matrix.stock;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.PackagedServer;
import io.github.h2transport.testkit.RealServer;

/** A gateway, once with and once without TLS, before a Tomcat that speaks HTTP/1.1. */
final class PackagedSite implements StockRunning {

	private final RealServer plain;

	private final RealServer secure;

	PackagedSite(PackagedServer kind, int upstreamPort) {
		this.plain = RealServer.packaged(kind, upstreamPort).start();
		this.secure = RealServer.packaged(kind, upstreamPort).tls(Certificates.localhost()).start();
	}

	@Override
	public int port(boolean ofSecure) {
		return (ofSecure ? this.secure : this.plain).port();
	}

	@Override
	public void close() {
		this.plain.close();
		this.secure.close();
	}

}
