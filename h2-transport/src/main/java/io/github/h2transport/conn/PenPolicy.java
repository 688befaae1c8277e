package io.github.h2transport.conn;

import io.github.h2transport.TransportOptions.WritePolicy;

/**
 * Decides whether a caller that has just picked up the pen writes itself or leaves it to
 * the loop. On a quiet connection writing itself saves a thread hand-off; under
 * concurrency one system call of the loop carries many requests.
 */
final class PenPolicy {

	private final WritePolicy policy;

	PenPolicy(WritePolicy policy) {
		this.policy = policy;
	}

	/**
	 * Decides.
	 * @param wire what would be written to; JSSE serialises wrap and unwrap on a lock of
	 * its own, so on TLS a caller could be made to wait for the loop
	 * @param loop the connection's loop
	 * @param inFlight how many stream slots are taken, the caller's included
	 * @return whether the caller writes
	 */
	boolean callerWrites(Wire wire, Loop loop, int inFlight) {
		if (!wire.callersMayWrite()) {
			return false;
		}
		return switch (this.policy) {
			case CALLER -> true;
			case LOOP -> false;
			case ADAPTIVE -> inFlight <= 1 && loop.isAsleep();
		};
	}

}
