package io.github.h2transport.protocol;

/**
 * Remembers the latest streams that the peer has ended, to tell a late frame that is
 * legal (we had reset the stream) from one that is not (RFC 9113 section 5.1, closed).
 * What has been forgotten counts as legal. Owned by the loop.
 */
final class EndedStreams {

	private static final int SIZE = 64;

	private final int[] ids = new int[SIZE];

	void add(int streamId) {
		this.ids[slot(streamId)] = streamId;
	}

	boolean contains(int streamId) {
		return this.ids[slot(streamId)] == streamId;
	}

	private static int slot(int streamId) {
		return (streamId >>> 1) & (SIZE - 1);
	}

}
