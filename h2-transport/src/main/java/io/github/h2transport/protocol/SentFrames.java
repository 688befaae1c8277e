package io.github.h2transport.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import io.github.h2transport.Headers;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.Flags;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;

/**
 * Notes what the send half has encoded by reading it off its buffer: so nothing that is
 * sent can be missing, and what is shown is what went out. Owned by the loop.
 */
final class SentFrames {

	private final FrameTrace trace;

	/** Field blocks whose frames are still to be noted; empty unless they are logged. */
	private final Deque<Block> blocks = new ArrayDeque<>(0);

	/** Up to where the frames in the buffer are noted. */
	private int noted;

	SentFrames(FrameTrace trace) {
		this.trace = trace;
	}

	/** Begins a turn of actions: decides whether lines are made of their frames. */
	void begin() {
		this.trace.begin();
	}

	/** What stands in the buffer before a position needs no note. */
	void skipTo(int position) {
		this.noted = position;
	}

	/** Whether lines are made of the frames of this turn. */
	boolean areLogged() {
		return this.trace.isLogged();
	}

	/** A field block was encoded whose frames are logged. */
	void block(ByteBuffer buffer, Headers fields) {
		this.blocks.add(new Block(buffer.position(), fields));
	}

	/** Notes the frames between what is noted and the buffer's position. */
	void note(ByteBuffer buffer, long now) {
		int end = buffer.position();
		if (this.noted == end) {
			return;
		}
		this.trace.time(now);
		while (this.noted < end) {
			this.noted = frame(buffer, this.noted);
			Block block = this.blocks.peek();
			// Of a block in several frames, the last one names the fields.
			if (block != null && block.end == this.noted) {
				this.blocks.remove();
				this.trace.fields(block.fields);
			}
		}
		this.trace.endLine();
	}

	/** Notes a frame, and returns where the next one begins. */
	private int frame(ByteBuffer buffer, int at) {
		int lengthAndType = buffer.getInt(at);
		int length = lengthAndType >>> 8;
		int type = lengthAndType & 0xff;
		int flags = buffer.get(at + 4) & 0xff;
		this.trace.frameHeader(length, type, flags, buffer.getInt(at + 5));
		int payload = at + FrameWriter.FRAME_HEADER_SIZE;
		switch (type) {
			case FrameType.RST_STREAM, FrameType.WINDOW_UPDATE -> this.trace.detail(type, buffer.getInt(payload));
			case FrameType.PING, FrameType.GOAWAY -> this.trace.detail(type, buffer.getLong(payload));
			case FrameType.SETTINGS -> {
				if (this.trace.isLogged() && (flags & Flags.ACK) == 0) {
					settings(buffer.slice(payload, length));
				}
			}
			default -> {
				// Nothing of content is shown, and of field blocks not the octets.
			}
		}
		return payload + length;
	}

	private void settings(ByteBuffer payload) {
		try {
			this.trace.settings(Settings.parse(payload));
		}
		catch (ConnectionError ex) {
			// Ours are legal; and a line without them is better than none.
		}
	}

	/**
	 * A field block in the buffer.
	 *
	 * @param end the position behind it
	 * @param fields what it says
	 */
	private record Block(int end, Headers fields) {
	}

}
