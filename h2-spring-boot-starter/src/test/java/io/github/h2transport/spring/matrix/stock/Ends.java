package io.github.h2transport.spring.matrix.stock;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.TransportListener;

/** Keeps why connections have ended, by the server's port. Thread-safe. */
final class Ends implements TransportListener {

	private final Map<Integer, Map<String, String>> reasons = new ConcurrentHashMap<>();

	@Override
	public void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
		of(key.origin().port()).put(connectionId, String.valueOf(reason.getMessage()));
	}

	/**
	 * Returns why connections have ended.
	 * @param port the server's
	 * @return by the connections' ids, it grows
	 */
	Map<String, String> of(int port) {
		return this.reasons.computeIfAbsent(port, (key) -> new ConcurrentHashMap<>());
	}

}
