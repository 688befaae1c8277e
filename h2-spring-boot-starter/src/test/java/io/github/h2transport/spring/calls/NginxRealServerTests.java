package io.github.h2transport.spring.calls;

import io.github.h2transport.testkit.RealServer;

class NginxRealServerTests extends RealServerCalls {

	@Override
	RealServer.Builder server() {
		return RealServer.nginx();
	}

}
