package io.github.h2transport.benchmarks.client;

import org.jspecify.annotations.Nullable;

/**
 * What a workload wants of a client; the rest is up to the client's class, which takes
 * the best that the library has.
 *
 * @param tls trusts the server; {@code null} for cleartext with prior knowledge
 * @param reuse whether calls share connections
 * @param callers how many calls there will be at once
 * @param origins how many servers will be called
 * @param eventLoops of clients that let it be chosen; 0 for their default
 */
public record ClientSettings(@Nullable Trust tls, Reuse reuse, int callers, int origins, int eventLoops) {

	public boolean isSingleUse() {
		return this.reuse == Reuse.SINGLE_USE;
	}

	/**
	 * Refuses what a library has no API for.
	 * @throws UnsupportedOperationException if connections are to be used once
	 */
	void refuseSingleUse() {
		if (isSingleUse()) {
			throw new UnsupportedOperationException("no single-use connections");
		}
	}

	/** Whether calls share connections. */
	public enum Reuse {

		POOLED,

		/** Each call dials its own and closes it. */
		SINGLE_USE

	}

}
