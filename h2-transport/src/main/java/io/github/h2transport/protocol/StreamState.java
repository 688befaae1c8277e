package io.github.h2transport.protocol;

import io.github.h2transport.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The states of a stream as a client without push sees them, with their transitions as
 * data (RFC 9113 section 5.1). The two reserved states exist only with push, which is
 * off.
 *
 * <p>
 * END_STREAM is an input of its own: a frame that carries it is two inputs, first the
 * frame, then the flag. Frames that leave the state alone (WINDOW_UPDATE, PRIORITY) are
 * no inputs.
 */
public enum StreamState {

	/** No frame was sent yet. */
	IDLE,

	/** Both sides may send. */
	OPEN,

	/** We sent END_STREAM; the peer may still send. */
	HALF_CLOSED_LOCAL,

	/** The peer sent END_STREAM; we may still send. */
	HALF_CLOSED_REMOTE,

	/** Nothing may be sent any more. */
	CLOSED;

	/** By ordinal of the input; {@code null} where the RFC allows no transition. */
	private final @Nullable StreamState[] next = new @Nullable StreamState[Input.values().length];

	static {
		IDLE.on(Input.SEND_HEADERS, OPEN);

		// Further HEADERS are trailers, or 1xx answers before the response.
		OPEN.on(Input.SEND_HEADERS, OPEN);
		OPEN.on(Input.SEND_END_STREAM, HALF_CLOSED_LOCAL);
		OPEN.on(Input.SEND_RST_STREAM, CLOSED);
		OPEN.on(Input.RECEIVE_HEADERS, OPEN);
		OPEN.on(Input.RECEIVE_DATA, OPEN);
		OPEN.on(Input.RECEIVE_END_STREAM, HALF_CLOSED_REMOTE);
		OPEN.on(Input.RECEIVE_RST_STREAM, CLOSED);

		HALF_CLOSED_LOCAL.on(Input.SEND_RST_STREAM, CLOSED);
		HALF_CLOSED_LOCAL.on(Input.RECEIVE_HEADERS, HALF_CLOSED_LOCAL);
		HALF_CLOSED_LOCAL.on(Input.RECEIVE_DATA, HALF_CLOSED_LOCAL);
		HALF_CLOSED_LOCAL.on(Input.RECEIVE_END_STREAM, CLOSED);
		HALF_CLOSED_LOCAL.on(Input.RECEIVE_RST_STREAM, CLOSED);

		HALF_CLOSED_REMOTE.on(Input.SEND_HEADERS, HALF_CLOSED_REMOTE);
		HALF_CLOSED_REMOTE.on(Input.SEND_END_STREAM, CLOSED);
		HALF_CLOSED_REMOTE.on(Input.SEND_RST_STREAM, CLOSED);
		HALF_CLOSED_REMOTE.on(Input.RECEIVE_RST_STREAM, CLOSED);

		// RFC 9113 section 5.1: RST_STREAM may have been on its way when the stream
		// ended.
		CLOSED.on(Input.RECEIVE_RST_STREAM, CLOSED);
	}

	private void on(Input input, StreamState state) {
		this.next[input.ordinal()] = state;
	}

	/**
	 * Returns the state after an input.
	 * @param input what was sent or received
	 * @return the next state, possibly the same, or {@code null} if the input is illegal
	 * in this state
	 */
	public @Nullable StreamState next(Input input) {
		return this.next[input.ordinal()];
	}

	/**
	 * Returns the error code for a received input that is illegal in this state. In
	 * {@link #IDLE} it is for the whole connection, in {@link #HALF_CLOSED_REMOTE} for
	 * the stream. In {@link #CLOSED} it may be used for either, but only if both sides
	 * ended the stream: after our own RST_STREAM any frame may still be on its way and is
	 * only accounted for (RFC 9113 section 5.1).
	 * @param input a received input for which {@link #next(Input)} is {@code null}
	 * @return PROTOCOL_ERROR or STREAM_CLOSED
	 * @throws IllegalArgumentException if the input is legal, or is one that we send:
	 * that is a fault of this library and not of the peer
	 */
	public ErrorCode violation(Input input) {
		if (!input.isReceived() || next(input) != null) {
			throw new IllegalArgumentException(input + " in " + this + " is no violation by the peer");
		}
		return (this == IDLE) ? ErrorCode.PROTOCOL_ERROR : ErrorCode.STREAM_CLOSED;
	}

	/** What changes the state of a stream, or must not happen in some states. */
	public enum Input {

		/** HEADERS with the request's fields or its trailers. */
		SEND_HEADERS,

		/** The END_STREAM flag of HEADERS or DATA. */
		SEND_END_STREAM,

		/** RST_STREAM. */
		SEND_RST_STREAM,

		/** HEADERS with a response, an interim response or trailers. */
		RECEIVE_HEADERS,

		/** DATA, also without content. */
		RECEIVE_DATA,

		/** The END_STREAM flag of HEADERS or DATA. */
		RECEIVE_END_STREAM,

		/** RST_STREAM. */
		RECEIVE_RST_STREAM;

		boolean isReceived() {
			return ordinal() >= RECEIVE_HEADERS.ordinal();
		}

	}

}
