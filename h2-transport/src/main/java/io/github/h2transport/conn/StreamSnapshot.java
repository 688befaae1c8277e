package io.github.h2transport.conn;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a stream looked like a moment ago.
 *
 * @param id the stream's id
 * @param state the RFC's name of its state, as in {@code HALF_CLOSED_LOCAL}
 * @param method the request's method
 * @param age since the request was handed to the connection
 * @param sentBytes octets of request content that were sent
 * @param receivedBytes octets of response content that have arrived
 * @param sendWindow what the peer lets us send on the stream, in octets; may be negative
 * @param receiveWindow what we let the peer send on the stream, in octets
 * @param waitingFor why it does not move, {@code null} if nothing is known to hold it
 */
public record StreamSnapshot(int id, String state, String method, Duration age, long sentBytes, long receivedBytes,
		long sendWindow, long receiveWindow, @Nullable String waitingFor) {
}
