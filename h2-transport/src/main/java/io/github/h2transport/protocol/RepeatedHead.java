package io.github.h2transport.protocol;

import java.nio.ByteBuffer;

import io.github.h2transport.Headers;
import io.github.h2transport.hpack.HpackDecoder;

/**
 * The last response head of a connection, for when the same octets come once more. A
 * server that answers many calls alike repeats its head octet by octet as soon as its
 * fields are in the table; such a block says the same again as long as it does not change
 * the compression state and nothing else has. Owned by the loop.
 */
final class RepeatedHead {

	/** Longer ones are compared in vain as a rule: they carry what is never the same. */
	private static final int MAX_OCTETS = 512;

	/** What is kept for the connection's life should stay small. */
	private static final int MAX_LIST_SIZE = 4096;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final HpackDecoder decoder;

	/** The block, from position 0 to the limit; empty if there is none. */
	private ByteBuffer block = NOTHING;

	/** {@link HpackDecoder#changes()} when the block was decoded. */
	private long changes;

	private int status;

	private Headers headers = Headers.empty();

	private long listSize;

	RepeatedHead(HpackDecoder decoder) {
		this.decoder = decoder;
	}

	/**
	 * Fills a section without decoding, if the block is the remembered one.
	 * @param octets a whole block; consumed if it is
	 * @param section a response section that was begun
	 * @return whether the section is filled
	 */
	boolean recall(ByteBuffer octets, HeaderSection section) {
		if (this.changes != this.decoder.changes() || this.block.limit() == 0 || !this.block.equals(octets)) {
			return false;
		}
		octets.position(octets.limit());
		section.restore(this.status, this.headers, this.listSize);
		return true;
	}

	/**
	 * Remembers a block that was just decoded, if it would say the same again.
	 * @param octets the decoded block, from its start
	 * @param changesBefore {@link HpackDecoder#changes()} before it was decoded
	 * @param section what it says, without a fault
	 */
	void remember(ByteBuffer octets, long changesBefore, HeaderSection section) {
		int length = octets.remaining();
		if (changesBefore != this.decoder.changes() || length > MAX_OCTETS || section.listSize() > MAX_LIST_SIZE) {
			return;
		}
		if (this.block.capacity() < length) {
			this.block = ByteBuffer.allocate(Math.max(2 * length, 64));
		}
		this.block.clear().put(octets).flip();
		this.changes = changesBefore;
		this.status = section.status();
		this.headers = section.headers();
		this.listSize = section.listSize();
	}

}
