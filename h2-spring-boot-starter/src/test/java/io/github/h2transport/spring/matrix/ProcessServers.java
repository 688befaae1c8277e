package io.github.h2transport.spring.matrix;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.RealServer;

/** Servers with a process for each port. */
final class ProcessServers {

	private ProcessServers() {
	}

	static RunningServer nginx() {
		String[] lines = { "rewrite ^" + Site.STORE + "$ /echo last;",
				"rewrite ^" + Site.REFUSE + "$ /refuse-body last;",
				"location = " + Site.NO_CONTENT + " { return 204; }",
				"location = " + Site.NOT_MODIFIED + " { return 304; }",
				"location = " + Site.TRAILERS + " { add_trailer " + Site.SUM_FIELD + " " + Site.sum() + "; }" };
		return new Pair(files(RealServer.nginx()).arguments(lines).start(), files(RealServer.nginx()).arguments(lines)
			// Before 1.23.4 it spoke TLS 1.3 only when asked to.
			.arguments("ssl_protocols TLSv1.2 TLSv1.3;")
			.tls(Certificates.localhost())
			.start());
	}

	static RunningServer nghttpd() {
		String trailer = "--trailer=" + Site.SUM_FIELD + ": " + Site.sum();
		return new Pair(files(RealServer.nghttpd()).arguments(trailer).start(),
				files(RealServer.nghttpd()).arguments(trailer).tls(Certificates.localhost()).start());
	}

	private static RealServer.Builder files(RealServer.Builder server) {
		return server.maxConcurrentStreams(Site.MAX_CONCURRENT_STREAMS)
			.file(Site.CONTENT, Site.SIZE)
			.file(Site.LARGE, Site.LARGE_SIZE)
			.file(Site.TRAILERS, Site.SIZE)
			.file(Site.NOT_MODIFIED, Site.SIZE);
	}

	private record Pair(RealServer plain, RealServer secure) implements RunningServer {

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

}
