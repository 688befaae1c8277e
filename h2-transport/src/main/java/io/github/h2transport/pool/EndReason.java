package io.github.h2transport.pool;

/** Why a connection that was open has ended, as the default pool counts it. */
public enum EndReason {

	/** Nothing ran on it for the idle timeout, or until idle connections were closed. */
	IDLE,

	/** It was older than the maximum lifetime. */
	MAX_LIFETIME,

	/** It has had all the requests that it was for. */
	MAX_REQUESTS,

	/** Its address is none of the name's any more. */
	ADDRESS_GONE,

	/** Somebody asked for it: {@code drain}, {@code markDead}. */
	DRAINED,

	/** It served its one request. */
	SINGLE_USE,

	/** We had to reset more streams on it than servers bear. */
	TOO_MANY_RESETS,

	/** The server sent GOAWAY (RFC 9113 section 6.8). */
	GOAWAY,

	/** The server closed it, broke the protocol, or showed no life. */
	LOST,

	/** The transport was closed. */
	CLOSED

}
