package io.github.h2transport.spring.calls;

import io.github.h2transport.testkit.RealServer;

class NginxRealServerTests extends RealServerCalls {

	@Override
	RealServer.Builder server() {
		return RealServer.nginx()
			.arguments("location = " + NO_CONTENT_PATH + " { return 204; }",
					"location = " + NOT_MODIFIED_PATH + " { return 304; }");
	}

}
