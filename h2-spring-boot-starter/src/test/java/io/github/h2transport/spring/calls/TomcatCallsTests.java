package io.github.h2transport.spring.calls;

import java.net.URI;

import io.github.h2transport.testkit.Certificates;

class TomcatCallsTests extends ServerCalls {

	private TomcatServer plain;

	private TomcatServer secure;

	@Override
	void startServers() {
		this.plain = TomcatServer.h2c();
		this.secure = TomcatServer.tls(Certificates.localhost());
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
