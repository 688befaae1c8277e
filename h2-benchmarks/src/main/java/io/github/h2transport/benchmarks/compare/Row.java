package io.github.h2transport.benchmarks.compare;

import io.github.h2transport.benchmarks.client.ClientKind;
import org.jspecify.annotations.Nullable;

/**
 * One row of the tables: a client does a workload at a server.
 *
 * @param workload what it does
 * @param target the server
 * @param client who; {@code null} for h2load, the limit
 */
record Row(Workload workload, Target target, @Nullable ClientKind client) {

	static final String H2LOAD = "h2load";

	public String label() {
		return (this.client != null) ? this.client.label() : H2LOAD;
	}

	boolean isHttp1() {
		return this.client != null && this.client.is(ClientKind.Trait.HTTP_1);
	}

	/**
	 * Tells whether a client is a peer, to be compared with.
	 * @return false for clients of this project, for HTTP/1.1 and for h2load
	 */
	boolean isPeer() {
		return this.client != null && !this.client.is(ClientKind.Trait.OURS) && !isHttp1();
	}

}
