package io.github.h2transport.pool;

import java.time.Duration;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Request;

/**
 * What a request asks of the pool.
 *
 * @param key what a fitting connection must be for
 * @param request the request, for pools that choose by its content
 * @param connectTimeout the limit for a dial that is begun for this request
 * @param replayable whether the request could be sent again if the connection turns it
 * away; if not, it should get no connection whose stream limit is still unknown
 * @param retry whether it was turned away by a connection before, and so goes before all
 * others that wait
 * @param onlyCached whether it would rather fail than dial or wait
 */
public record ConnectionRequest(ConnectionKey key, Http2Request request, Duration connectTimeout, boolean replayable,
		boolean retry, boolean onlyCached) {
}
