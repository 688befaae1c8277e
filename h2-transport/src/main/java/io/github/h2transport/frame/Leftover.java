package io.github.h2transport.frame;

import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

/**
 * The beginning of something that has not arrived completely. Holds memory only between
 * two reads, and in proportion to what arrived: a length that a peer merely announces
 * costs nothing.
 */
final class Leftover {

	/** So that what trickles in does not begin with a chain of tiny buffers. */
	static final int LEAST_CAPACITY = 64;

	/** Null unless some octets are kept. Confined to the loop. */
	private @Nullable ByteBuffer kept;

	/**
	 * Returns a buffer whose next octets are all the wanted ones: the given one, or ours
	 * if some arrived earlier, of which nothing is kept from then on.
	 * @param in what arrived; its octets are consumed as far as they had to be copied
	 * @param wanted octets, the same until they are complete
	 * @return {@code null} if octets are missing; those that came are kept
	 */
	@Nullable ByteBuffer complete(ByteBuffer in, int wanted) {
		if (this.kept == null && in.remaining() >= wanted) {
			return in;
		}
		if (!in.hasRemaining()) {
			return null;
		}
		int before = (this.kept != null) ? this.kept.position() : 0;
		int count = Math.min(in.remaining(), wanted - before);
		ByteBuffer room = roomFor(before + count, wanted);
		int end = in.limit();
		room.put(in.limit(in.position() + count));
		in.limit(end);
		boolean complete = before + count == wanted;
		this.kept = complete ? null : room;
		return complete ? room.flip() : null;
	}

	private ByteBuffer roomFor(int octets, int wanted) {
		ByteBuffer old = this.kept;
		if (old != null && old.capacity() >= octets) {
			return old;
		}
		ByteBuffer room = ByteBuffer.allocate(Math.min(wanted, Math.max(2 * octets, LEAST_CAPACITY)));
		return (old != null) ? room.put(old.flip()) : room;
	}

	void drop() {
		this.kept = null;
	}

	/** Returns how much memory is held, in octets. */
	int capacity() {
		return (this.kept != null) ? this.kept.capacity() : 0;
	}

}
