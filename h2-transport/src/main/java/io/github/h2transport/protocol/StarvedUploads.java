package io.github.h2transport.protocol;

/**
 * Notices that uploads wait for the window of their connection, and the peer gives none:
 * it does not read what it has, or executes requests in an order in which content cannot
 * come. Nothing on the connection will change that soon, so new requests should not join
 * them.
 */
public final class StarvedUploads {

	/** 5 s: what reads at all has read by then. */
	public static final long LIMIT_NANOS = 5_000_000_000L;

	/** Since when they wait, 0 if none does. */
	private long since;

	private long sent;

	/**
	 * Looks at the connection. To be called at least once a second.
	 * @param now the time
	 * @param waiting whether an upload waits for nothing but the connection's window
	 * @param dataSent octets of content that the connection has sent so far
	 * @return whether they have waited too long
	 */
	public boolean look(long now, boolean waiting, long dataSent) {
		if (!waiting || dataSent != this.sent) {
			this.since = 0;
			this.sent = dataSent;
			return false;
		}
		if (this.since == 0) {
			this.since = (now != 0) ? now : 1;
		}
		return now - this.since >= LIMIT_NANOS;
	}

}
