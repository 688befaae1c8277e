package io.github.h2transport.spring.diagnosis;

import java.util.Locale;

/**
 * What may be found, the most important first among those of the same severity.
 */
public enum FindingKind {

	/** Connections cannot be established. */
	DIAL_FAILING,

	/** Nearly as many requests wait as may. */
	QUEUE_NEARLY_FULL,

	/** A server does not answer PINGs. */
	PING_UNANSWERED,

	/** A server does not take what is written to its socket. */
	SOCKET_STALLED,

	/** Uploads get no credit of their connection's window at all. */
	UPLOADS_STARVE,

	/** A server has complained of our behaviour. */
	SERVER_PUNISHES,

	/** Requests wait since all slots of all connections are taken. */
	STREAM_LIMITED,

	/** Requests wait since a connection takes long to be established. */
	DIAL_SLOW,

	/** A server turns requests away, or retires connections often. */
	REQUESTS_TURNED_AWAY,

	/** Connections were lost. */
	CONNECTIONS_LOST,

	/** An upload waits for the server's flow-control credit. */
	WINDOW_LIMITED,

	/** The application does not read a response. */
	SLOW_READER,

	/** A server takes long to answer. */
	SERVER_SLOW,

	/** The application does not write the rest of a request. */
	SLOW_WRITER,

	/** Connections lead to an address that is none of the name's any more. */
	ADDRESS_GONE,

	/** The origin is called over HTTP/1.1. */
	HTTP1_FALLBACK,

	/** Nothing is wrong. */
	FINE;

	/**
	 * Returns the name that endpoints show.
	 * @return in kebab case, for example {@code stream-limited}; never changes
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
