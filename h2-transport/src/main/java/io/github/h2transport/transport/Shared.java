package io.github.h2transport.transport;

import io.github.h2transport.TransportListener;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.pool.ClientConnPool;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a transport have in common.
 *
 * @param pool gives connections
 * @param dialer for timers, and for room to keep content in
 * @param bodyThreads write the content of asynchronous calls
 * @param listener hears what happens; throws nothing
 */
record Shared(ClientConnPool pool, Dialer dialer, BodyThreads bodyThreads, @Nullable TransportListener listener) {
}
