package io.github.h2transport.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;

import io.github.h2transport.frame.Settings;

/**
 * Collects the fragments of a header block that did not fit into one HEADERS frame (RFC
 * 9113 section 4.3). Owned by the loop; holds memory only between two fragments.
 */
final class HeaderBlock {

	/**
	 * How much larger than the decoded limit a compressed block may be: Huffman codes of
	 * unusual octets take up to 30 bits, so honest blocks stay far below four times.
	 */
	static final int WORST_EXPANSION = 4;

	private static final byte[] NOTHING = new byte[0];

	private final int limit;

	private byte[] octets = NOTHING;

	private int length;

	HeaderBlock(int maxHeaderListSize) {
		this.limit = (int) Math.min((long) WORST_EXPANSION * maxHeaderListSize, Integer.MAX_VALUE / 2);
	}

	/**
	 * Returns {@code false} if a first fragment of that length is beyond every honest
	 * size. One frame of the size that every peer may send is still decoded, so that it
	 * costs its stream and not the connection.
	 */
	boolean mayBegin(int octets) {
		return octets <= Math.max(this.limit, Settings.LEAST_MAX_FRAME_SIZE);
	}

	void begin(ByteBuffer fragment) {
		this.length = 0;
		append(fragment);
	}

	/** Returns {@code false} if the block has outgrown every honest size. */
	boolean add(ByteBuffer fragment) {
		if (this.length + fragment.remaining() > this.limit) {
			return false;
		}
		append(fragment);
		return true;
	}

	private void append(ByteBuffer fragment) {
		int more = fragment.remaining();
		if (this.octets.length - this.length < more) {
			this.octets = Arrays.copyOf(this.octets, Math.max(this.length + more, 2 * this.octets.length));
		}
		fragment.get(this.octets, this.length, more);
		this.length += more;
	}

	ByteBuffer take() {
		ByteBuffer whole = ByteBuffer.wrap(this.octets, 0, this.length);
		this.octets = NOTHING;
		this.length = 0;
		return whole;
	}

}
