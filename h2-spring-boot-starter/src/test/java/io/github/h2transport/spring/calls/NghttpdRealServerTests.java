package io.github.h2transport.spring.calls;

import java.util.stream.Stream;

import io.github.h2transport.testkit.RealServer;

class NghttpdRealServerTests extends RealServerCalls {

	/** It has files only: neither 204 nor 304 without their dates. */
	@Override
	Stream<String> emptyAnswers() {
		return Stream.empty();
	}

	@Override
	RealServer.Builder server() {
		return RealServer.nghttpd();
	}

}
