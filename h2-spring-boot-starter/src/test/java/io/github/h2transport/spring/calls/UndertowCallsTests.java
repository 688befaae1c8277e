package io.github.h2transport.spring.calls;

import java.net.URI;

import io.github.h2transport.testkit.Certificates;

class UndertowCallsTests extends ServerCalls {

	private UndertowServer plain;

	private UndertowServer secure;

	@Override
	void startServers() {
		this.plain = UndertowServer.h2c();
		this.secure = UndertowServer.tls(Certificates.localhost());
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
