package io.github.h2transport.protocol;

/**
 * Remembers the latest streams that the peer has ended, to tell a late frame that is
 * legal (we had reset the stream) from one that is not (RFC 9113 section 5.1, closed).
 * What has been forgotten counts as legal. Owned by the loop.
 */
final class EndedStreams {

	/** A connection that has served a call or two, and is idle, needs no more. */
	static final int FIRST_SIZE = 8;

	static final int SIZE = 64;

	/** Grows once, before anything in it is overwritten. */
	private int[] ids = new int[FIRST_SIZE];

	void add(int streamId) {
		int slot = slot(streamId);
		if (this.ids[slot] != 0 && this.ids.length < SIZE) {
			grow();
			slot = slot(streamId);
		}
		this.ids[slot] = streamId;
	}

	private void grow() {
		int[] old = this.ids;
		this.ids = new int[SIZE];
		for (int id : old) {
			if (id != 0) {
				this.ids[slot(id)] = id;
			}
		}
	}

	boolean contains(int streamId) {
		return this.ids[slot(streamId)] == streamId;
	}

	private int slot(int streamId) {
		return (streamId >>> 1) & (this.ids.length - 1);
	}

	/** Returns how many streams there is room for. */
	int capacity() {
		return this.ids.length;
	}

}
