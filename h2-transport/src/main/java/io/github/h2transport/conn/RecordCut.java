package io.github.h2transport.conn;

import java.nio.ByteBuffer;

import io.github.h2transport.frame.FrameWriter;

/**
 * Cuts the octets of a connection into TLS records so that none ends in the middle of a
 * frame that would fit into one. The RFCs ask for no such thing, but Tomcat (seen in
 * 11.0.22) mixes up frames that begin in one record and end in the next: it delivers
 * wrong content to its applications, or ends the connection. Owned by the loop.
 */
final class RecordCut {

	/**
	 * How much goes into a record: 16,384 octets are legal (RFC 8446 section 5.1, RFC
	 * 5246 section 6.2.1), but of them JSSE keeps 17 for itself with TLS 1.3.
	 */
	static final int RECORD = 16 * 1024 - 32;

	/** A frame of this much content fills a record. */
	static final int CONTENT = RECORD - FrameWriter.FRAME_HEADER_SIZE;

	/** What is left of the frame in front; the first is the magic of the preface. */
	private int left = FrameWriter.PREFACE_SIZE;

	/** A record has ended in the middle of the frame in front. */
	private boolean torn;

	/**
	 * Returns how much belongs into the next record: as many whole frames as fit, or a
	 * piece of one that does not.
	 * @param frames begins where the last cut ended, and ends with a whole frame
	 * @return 1 octet or more, unless there is none
	 */
	int next(ByteBuffer frames) {
		if (this.torn) {
			return Math.min(Math.min(this.left, RECORD), frames.remaining());
		}
		int length = 0;
		int frame = this.left;
		while (length + frame <= RECORD) {
			length += frame;
			if (length >= frames.remaining()) {
				return frames.remaining();
			}
			frame = sizeOf(frames, frames.position() + length);
		}
		return (length > 0) ? length : RECORD;
	}

	/**
	 * Remembers what went out.
	 * @param frames holds the octets
	 * @param from where they begin
	 * @param octets how many
	 */
	void sent(ByteBuffer frames, int from, int octets) {
		int end = from + octets;
		int at = from + this.left;
		while (at < end) {
			at += sizeOf(frames, at);
		}
		this.left = at - end;
		this.torn = this.left > 0;
	}

	/** With its header; the buffer has the length at least (RFC 9113 section 4.1). */
	private static int sizeOf(ByteBuffer frames, int at) {
		return FrameWriter.FRAME_HEADER_SIZE
				+ ((frames.get(at) & 0xff) << 16 | (frames.get(at + 1) & 0xff) << 8 | (frames.get(at + 2) & 0xff));
	}

}
