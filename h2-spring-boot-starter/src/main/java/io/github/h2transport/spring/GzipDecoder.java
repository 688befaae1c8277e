package io.github.h2transport.spring;

import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decodes gzip (RFC 1952) as it comes, cut anywhere: one or more members, checksums and
 * lengths verified. What follows the last member and is none is ignored, as
 * {@link java.util.zip.GZIPInputStream} does: some servers pad. Gives at most what is
 * asked for, so content that grows a thousandfold never is in memory as a whole. Used by
 * one thread at a time; closed by any.
 */
final class GzipDecoder implements AutoCloseable {

	private static final int HEADER_LENGTH = 10; // RFC 1952 section 2.3

	private static final int TRAILER_LENGTH = 8; // CRC32 and length

	private static final int DEFLATE = 8;

	// RFC 1952 section 2.3.1: the flags. FTEXT, bit 0, is a hint only.

	private static final int FHCRC = 2;

	private static final int FEXTRA = 4;

	private static final int FNAME = 8;

	private static final int FCOMMENT = 16;

	private static final int RESERVED = 0xE0;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private enum State {

		/** Before the first octet of a member: the content may end here. */
		START, HEADER, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_CRC, DATA, TRAILER,

		/** Behind the last member. */
		IGNORED

	}

	/** Guards the inflater against a close while it works. */
	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock.
	private final Inflater inflater = new Inflater(true);

	private boolean closed;

	// The rest is confined to the reader.
	private final CRC32 checksum = new CRC32();

	private State state = State.START;

	private ByteBuffer input = NOTHING;

	private int flags;

	/** How many members were decoded so far. */
	private int members;

	/** Octets of the present part of the header or trailer so far, or still to skip. */
	private int count;

	/** The number that the octets of such a part make, the lowest first. */
	private long number;

	/**
	 * Gives more encoded octets, after the last ones were used up.
	 * @param octets the caller's no more until {@link #read} returns 0
	 */
	void input(ByteBuffer octets) {
		this.input = octets;
		if (this.state == State.DATA) {
			this.inflater.setInput(octets);
		}
	}

	/**
	 * Decodes.
	 * @param target gets the decoded octets
	 * @param offset where the first goes
	 * @param length how many there may be, 1 or more
	 * @return how many there are; 0 if more input is needed
	 * @throws ZipException if this is not gzip, or a checksum is wrong
	 */
	int read(byte[] target, int offset, int length) throws ZipException {
		this.lock.lock();
		try {
			while (!this.closed) {
				if (this.state == State.DATA) {
					int decoded = inflate(target, offset, length);
					if (decoded > 0) {
						return decoded;
					}
				}
				if (this.state == State.DATA || !this.input.hasRemaining()) {
					return 0;
				}
				frame(this.input.get() & 0xFF);
			}
			return 0;
		}
		finally {
			this.lock.unlock();
		}
	}

	private int inflate(byte[] target, int offset, int length) throws ZipException {
		try {
			int decoded = this.inflater.inflate(target, offset, length);
			this.checksum.update(target, offset, decoded);
			if (this.inflater.finished()) {
				enter(State.TRAILER);
			}
			else if (this.inflater.needsDictionary()) {
				throw new ZipException("The gzip content needs a dictionary");
			}
			return decoded;
		}
		catch (DataFormatException ex) {
			throw new ZipException("The gzip content is damaged: " + ex.getMessage());
		}
	}

	private void enter(State next) {
		this.state = next;
		this.count = 0;
		this.number = 0;
	}

	/** Takes one octet of a member's header or trailer. */
	private void frame(int octet) throws ZipException {
		switch (this.state) {
			case START -> {
				enter(State.HEADER);
				header(octet);
			}
			case HEADER -> header(octet);
			case EXTRA_LENGTH -> {
				collect(octet);
				if (this.count == 2) {
					int length = (int) this.number;
					enter(State.EXTRA);
					this.count = length;
					skipped();
				}
			}
			case EXTRA -> {
				this.count--;
				skipped();
			}
			case NAME, COMMENT -> {
				if (octet == 0) {
					afterPart();
				}
			}
			case HEADER_CRC -> {
				if (++this.count == 2) {
					afterPart();
				}
			}
			case TRAILER -> trailer(octet);
			case IGNORED -> {
			}
			case DATA -> throw new IllegalStateException("The inflater's part");
		}
	}

	private void skipped() {
		if (this.count == 0) {
			afterPart();
		}
	}

	private void collect(int octet) {
		this.number |= (long) octet << (8 * this.count++);
	}

	private void header(int octet) throws ZipException {
		boolean legal = switch (this.count) {
			case 0 -> octet == 0x1F;
			case 1 -> octet == 0x8B;
			case 2 -> octet == DEFLATE;
			case 3 -> (octet & RESERVED) == 0;
			default -> true;
		};
		if (!legal && this.members > 0) {
			enter(State.IGNORED);
			return;
		}
		if (!legal) {
			throw new ZipException("The content is not in gzip format, though its Content-Encoding says so");
		}
		if (this.count == 3) {
			this.flags = octet;
		}
		if (++this.count == HEADER_LENGTH) {
			afterPart();
		}
	}

	/** Goes on with the next part of the header that there is. */
	private void afterPart() {
		if (has(FEXTRA)) {
			enter(State.EXTRA_LENGTH);
		}
		else if (has(FNAME)) {
			enter(State.NAME);
		}
		else if (has(FCOMMENT)) {
			enter(State.COMMENT);
		}
		else if (has(FHCRC)) {
			enter(State.HEADER_CRC);
		}
		else {
			enter(State.DATA);
			this.inflater.reset();
			this.checksum.reset();
			this.inflater.setInput(this.input);
		}
	}

	/** Says so once. */
	private boolean has(int flag) {
		boolean set = (this.flags & flag) != 0;
		this.flags &= ~flag;
		return set;
	}

	private void trailer(int octet) throws ZipException {
		collect(octet);
		if (this.count < TRAILER_LENGTH) {
			return;
		}
		if ((this.number & 0xFFFFFFFFL) != this.checksum.getValue()
				|| this.number >>> 32 != (this.inflater.getBytesWritten() & 0xFFFFFFFFL)) {
			throw new ZipException("The gzip content is damaged: its checksum or its length is wrong");
		}
		this.members++;
		enter(State.START);
	}

	/**
	 * Says that there is no more input.
	 * @throws EOFException if there should be
	 */
	void end() throws EOFException {
		boolean whole = this.state == State.START || this.state == State.IGNORED
				|| (this.state == State.HEADER && this.members > 0);
		if (!whole) {
			throw new EOFException("The gzip content ends too early");
		}
	}

	/** Frees memory outside the heap. */
	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.inflater.end();
		}
		finally {
			this.lock.unlock();
		}
	}

}
