package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.h2transport.ConnectionKey;

/**
 * What the pool of a key needs from outside: the clock, chance, names, connections. There
 * are two: the transport's, and that of the pool's simulation.
 *
 * @param <C> what callers get
 */
interface Outside<C> {

	long nanoTime();

	/**
	 * Runs something later, to a tenth of a second.
	 * @param delayNanos how long to wait
	 * @param action must not block
	 * @return calls it off
	 */
	Runnable schedule(long delayNanos, Runnable action);

	/** A number from 0 to 1, without 1. */
	double random();

	/** Looks up where a key leads to at present. */
	CompletionStage<List<InetAddress>> resolve(ConnectionKey key);

	/**
	 * Makes a connection that is not dialled yet.
	 * @param pool told what happens to it
	 * @param connectTimeout the limit for the dial
	 * @param singleUse whether it is for one request only
	 * @return to be dialled by {@link Member#dial()}, which calls {@link KeyPool#order}
	 */
	Member<C> prepare(KeyPool<C> pool, Duration connectTimeout, boolean singleUse);

}
