package io.github.h2transport.conn;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a stream looked like a moment ago.
 *
 * @param id the stream's id
 * @param state the RFC's name of its state, as in {@code HALF_CLOSED_LOCAL}
 * @param method the request's method
 * @param path the request's path without its query, which may hold secrets; a path may be
 * private too
 * @param age since the request was handed to the connection
 * @param sentBytes octets of request content that were sent
 * @param receivedBytes octets of response content that have arrived
 * @param unreadBytes octets of response content that the application has not read
 * @param sendWindow what the peer lets us send on the stream, in octets; may be negative
 * @param receiveWindow what we let the peer send on the stream, in octets
 * @param waitingFor why it does not move, {@code null} if nothing is known to hold it
 * @param waiting for how long nothing has moved there: since content was last sent, for
 * what holds the request; since the oldest unread octets came, for a reader; since
 * content last came, for a body; zero if nothing is known to hold it
 */
public record StreamSnapshot(int id, String state, String method, String path, Duration age, long sentBytes,
		long receivedBytes, long unreadBytes, long sendWindow, long receiveWindow, @Nullable WaitingFor waitingFor,
		Duration waiting) {

	/** What holds a stream. */
	public enum WaitingFor {

		/** The server gives no credit on the stream (RFC 9113 section 6.9). */
		STREAM_WINDOW("stream window"),

		/** The server gives no credit on the connection (RFC 9113 section 6.9). */
		CONNECTION_WINDOW("connection window"),

		/** The socket takes nothing. */
		SOCKET("socket"),

		/** The application has not yet written the rest of the request. */
		REQUEST_BODY("request body"),

		/** The server has not answered. */
		RESPONSE_HEAD("response head"),

		/** The server sends no more content. */
		RESPONSE_BODY("response body"),

		/** The application does not read what has arrived. */
		APPLICATION("application not reading");

		private final String words;

		WaitingFor(String words) {
			this.words = words;
		}

		/**
		 * Returns the name that endpoints show.
		 * @return lower-case words
		 */
		public String words() {
			return this.words;
		}

	}

}
