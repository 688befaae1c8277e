package io.github.h2transport.spring.calls;

import java.net.URI;

import io.github.h2transport.testkit.Certificates;

class ReactorNettyCallsTests extends ServerCalls {

	private ReactorNettyServer plain;

	private ReactorNettyServer secure;

	@Override
	void startServers() {
		this.plain = ReactorNettyServer.h2c();
		this.secure = ReactorNettyServer.tls(Certificates.localhost());
	}

	@Override
	void stopServers() {
		if (this.plain != null) {
			this.plain.close();
		}
		if (this.secure != null) {
			this.secure.close();
		}
	}

	@Override
	URI uri(String scheme, String path) {
		return ("https".equals(scheme) ? this.secure : this.plain).uri(path);
	}

}
