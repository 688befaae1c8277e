package io.github.h2transport.spring;

import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * Reactor Netty as a server of tests, on threads of its own: an application of Spring
 * Boot that closes may end those that all of a JVM share.
 */
public final class ReactorServers {

	private static final LoopResources LOOPS = LoopResources.create("test-server", 2, true);

	private ReactorServers() {
	}

	public static HttpServer create() {
		return HttpServer.create().runOn(LOOPS);
	}

}
