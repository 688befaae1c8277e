package io.github.h2transport.frame;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the octets that a server sends into frames and passes them to a
 * {@link FrameHandler} (RFC 9113 sections 4 and 6). Octets may arrive in pieces of any
 * size; the calls are the same, except that DATA comes in as many pieces as arrived.
 * <p>
 * Frames are parsed in place, without an object or a copy for each: the handler sees the
 * caller's own buffer. Only the beginning of an incomplete frame is kept between two
 * reads, and of DATA and unknown frames not even that.
 * <p>
 * Rules that need nothing but frames are enforced here: sizes, stream 0, padding, the
 * order of a header block, the server's preface. A rule that a frame header breaks fails
 * as soon as the header is there. Stream states are the handler's matter.
 * <p>
 * Confined to the event loop of its connection. Not to be called from its handler.
 */
public final class FrameReader {

	/** Takes the reserved bit off, which a receiver must ignore (section 4.1). */
	private static final int STREAM_ID_MASK = 0x7fff_ffff;

	private final int maxFrameSize;

	private final FrameHandler handler;

	private final @Nullable FrameHeaderListener listener;

	/** The beginning of the current frame's header or payload. */
	private final Leftover leftover = new Leftover();

	private final HeaderBlockOrder headerBlockOrder = new HeaderBlockOrder();

	// All fields from here on are owned by the loop.

	private Expected expected = Expected.FRAME_HEADER;

	private int length;

	private int type;

	private int flags;

	private int streamId;

	/** Octets of the current DATA frame that the handler has not seen. */
	private int dataLeft;

	/** Octets of the current frame that nobody wants to see, after the data. */
	private int skipLeft;

	private boolean serverPrefaceSeen;

	/** Why this reader stopped; null while it works. */
	private @Nullable ConnectionError fault;

	/**
	 * Creates a reader at the beginning of a connection.
	 * @param maxFrameSize our SETTINGS_MAX_FRAME_SIZE in octets, 2^14 to 2^24-1
	 * @param handler what is called for each frame
	 * @throws IllegalArgumentException if the size is out of range
	 */
	public FrameReader(int maxFrameSize, FrameHandler handler) {
		this(maxFrameSize, handler, null);
	}

	/**
	 * Creates a reader at the beginning of a connection that also shows frame headers.
	 * @param maxFrameSize our SETTINGS_MAX_FRAME_SIZE in octets, 2^14 to 2^24-1
	 * @param handler what is called for each frame
	 * @param listener what is shown each header; {@code null} for nobody
	 * @throws IllegalArgumentException if the size is out of range
	 */
	public FrameReader(int maxFrameSize, FrameHandler handler, @Nullable FrameHeaderListener listener) {
		if (maxFrameSize < Settings.LEAST_MAX_FRAME_SIZE || maxFrameSize > Settings.MOST_MAX_FRAME_SIZE) {
			throw new IllegalArgumentException("SETTINGS_MAX_FRAME_SIZE cannot be " + maxFrameSize);
		}
		this.maxFrameSize = maxFrameSize;
		this.handler = handler;
		this.listener = listener;
	}

	/**
	 * Reads all octets of a buffer and calls the handler for what they complete.
	 * @param in the octets that arrived, heap or direct, in network byte order (as every
	 * buffer is by default); empty afterwards, also if this method throws
	 * @throws ConnectionError if the octets break a rule or the handler throws one; after
	 * that, this reader throws it again for any octets and calls the handler no more
	 */
	public void read(ByteBuffer in) throws ConnectionError {
		int end = in.limit();
		try {
			if (this.fault != null) {
				throw this.fault;
			}
			boolean progress = true;
			while (progress) {
				progress = switch (this.expected) {
					case FRAME_HEADER -> readFrameHeader(in);
					case PAYLOAD -> readPayload(in, end);
					case PAD_LENGTH -> readPadLength(in);
					case DATA -> readData(in, end);
					case SKIPPED -> readSkipped(in);
				};
			}
		}
		catch (ConnectionError ex) {
			this.fault = ex;
			this.leftover.drop();
			throw ex;
		}
		finally {
			in.limit(end).position(end);
		}
	}

	/**
	 * Returns whether a frame has begun and not ended: if the peer's octets end here,
	 * they were cut off.
	 * @return false at the beginning and after each whole frame
	 */
	public boolean isMidFrame() {
		return this.expected != Expected.FRAME_HEADER || this.leftover.capacity() > 0;
	}

	/** Returns how much memory is held between two reads, in octets. */
	int keptCapacity() {
		return this.leftover.capacity();
	}

	private boolean readFrameHeader(ByteBuffer in) throws ConnectionError {
		ByteBuffer header = this.leftover.complete(in, FrameWriter.FRAME_HEADER_SIZE);
		if (header == null) {
			return false;
		}
		int lengthAndType = header.getInt();
		this.length = lengthAndType >>> 8;
		this.type = lengthAndType & 0xff;
		this.flags = header.get() & 0xff;
		this.streamId = header.getInt() & STREAM_ID_MASK;
		if (!this.serverPrefaceSeen) {
			refuseText(header.position() - FrameWriter.FRAME_HEADER_SIZE, header);
		}
		if (this.listener != null) {
			this.listener.frameHeader(this.length, this.type, this.flags, this.streamId);
		}
		if (!this.serverPrefaceSeen) {
			checkServerPreface();
		}
		if (this.length > this.maxFrameSize) {
			throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, describe() + " has " + this.length
					+ " octets, more than our SETTINGS_MAX_FRAME_SIZE of " + this.maxFrameSize);
		}
		this.headerBlockOrder.check(this.length, this.type, this.flags, this.streamId);
		FrameRules.check(this.length, this.type, this.flags, this.streamId);
		start();
		return true;
	}

	/** Section 3.4: the server's preface is a SETTINGS frame, and its first frame. */
	private void checkServerPreface() throws ConnectionError {
		if (this.type != FrameType.SETTINGS || isSet(Flags.ACK)) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "The server's first frame must be SETTINGS, but is "
					+ FrameLog.received(this.length, this.type, this.flags, this.streamId));
		}
		this.serverPrefaceSeen = true;
	}

	/**
	 * A server of HTTP/1.1, or of anything else that people read, is told by what it says
	 * in the place of a frame header; as numbers that would be a riddle.
	 */
	private static void refuseText(int start, ByteBuffer header) throws ConnectionError {
		StringBuilder text = new StringBuilder(FrameWriter.FRAME_HEADER_SIZE);
		for (int i = 0; i < FrameWriter.FRAME_HEADER_SIZE; i++) {
			int octet = header.get(start + i);
			boolean blank = octet == '\r' || octet == '\n' || octet == '\t';
			if (!blank && (octet < ' ' || octet > '~')) {
				return;
			}
			text.append(blank ? ' ' : (char) octet);
		}
		String said = text.toString().startsWith("HTTP/1.") ? "in HTTP/1.1" : "\"" + text + "...\"";
		throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "The server answered " + said
				+ ": it does not speak HTTP/2 on this port, or does not expect it without TLS and ALPN");
	}

	/** Decides how the payload is read. Frames without one of interest are done here. */
	private void start() throws ConnectionError {
		switch (this.type) {
			case FrameType.DATA -> {
				if (isSet(Flags.PADDED)) {
					this.expected = Expected.PAD_LENGTH;
				}
				else {
					startData(this.length, 0);
				}
			}
			case FrameType.PRIORITY -> {
				skip(this.length);
				if (this.length == FrameRules.PRIORITY_FIELDS_LENGTH) {
					this.handler.priority(this.streamId);
				}
				else {
					this.handler.streamError(this.streamId, ErrorCode.FRAME_SIZE_ERROR,
							"PRIORITY of " + this.length + " octets instead of " + FrameRules.PRIORITY_FIELDS_LENGTH);
				}
			}
			case FrameType.HEADERS, FrameType.RST_STREAM, FrameType.SETTINGS, FrameType.PUSH_PROMISE, FrameType.PING,
					FrameType.GOAWAY, FrameType.WINDOW_UPDATE, FrameType.CONTINUATION ->
				this.expected = Expected.PAYLOAD;
			default -> {
				skip(this.length);
				this.handler.unknown(this.type, this.streamId, this.length);
			}
		}
	}

	private boolean readPadLength(ByteBuffer in) throws ConnectionError {
		if (!in.hasRemaining()) {
			return false;
		}
		int padding = in.get() & 0xff;
		int rest = this.length - FrameRules.PAD_LENGTH;
		checkPadding(padding, rest);
		startData(rest - padding, padding);
		return true;
	}

	private void startData(int data, int padding) throws ConnectionError {
		this.expected = Expected.DATA;
		this.dataLeft = data;
		this.skipLeft = padding;
		this.handler.dataStart(this.streamId, this.length, isSet(Flags.END_STREAM));
	}

	private boolean readData(ByteBuffer in, int end) throws ConnectionError {
		int count = Math.min(this.dataLeft, in.remaining());
		if (count > 0) {
			int next = in.position() + count;
			this.dataLeft -= count;
			this.handler.dataPiece(this.streamId, in.limit(next));
			in.limit(end).position(next);
		}
		if (this.dataLeft > 0) {
			return false;
		}
		this.expected = Expected.SKIPPED;
		return true;
	}

	private void skip(int octets) {
		this.expected = Expected.SKIPPED;
		this.skipLeft = octets;
	}

	private boolean readSkipped(ByteBuffer in) throws ConnectionError {
		int count = Math.min(this.skipLeft, in.remaining());
		in.position(in.position() + count);
		this.skipLeft -= count;
		if (this.skipLeft > 0) {
			return false;
		}
		this.expected = Expected.FRAME_HEADER;
		if (this.type == FrameType.DATA) {
			this.handler.dataEnd(this.streamId, isSet(Flags.END_STREAM));
		}
		return true;
	}

	private boolean readPayload(ByteBuffer in, int end) throws ConnectionError {
		ByteBuffer payload = this.leftover.complete(in, this.length);
		if (payload == null) {
			return false;
		}
		this.expected = Expected.FRAME_HEADER;
		int next = payload.position() + this.length;
		deliver(payload.limit(next));
		if (payload == in) {
			in.limit(end).position(next);
		}
		return true;
	}

	private void deliver(ByteBuffer payload) throws ConnectionError {
		switch (this.type) {
			case FrameType.HEADERS -> {
				int padding = isSet(Flags.PADDED) ? payload.get() & 0xff : 0;
				if (isSet(Flags.PRIORITY)) {
					payload.position(payload.position() + FrameRules.PRIORITY_FIELDS_LENGTH);
				}
				checkPadding(padding, payload.remaining());
				this.handler.headers(this.streamId, payload.limit(payload.limit() - padding), isSet(Flags.END_STREAM),
						isSet(Flags.END_HEADERS));
			}
			case FrameType.CONTINUATION -> this.handler.continuation(this.streamId, payload, isSet(Flags.END_HEADERS));
			case FrameType.RST_STREAM -> this.handler.rstStream(this.streamId, ErrorCode.of(payload.getInt()));
			case FrameType.SETTINGS -> {
				if (isSet(Flags.ACK)) {
					this.handler.settingsAck();
				}
				else {
					this.handler.settings(Settings.parse(payload));
				}
			}
			case FrameType.PUSH_PROMISE -> deliverPushPromise(payload);
			case FrameType.PING -> this.handler.ping(payload.getLong(), isSet(Flags.ACK));
			case FrameType.GOAWAY -> {
				int lastStreamId = payload.getInt() & STREAM_ID_MASK;
				this.handler.goAway(lastStreamId, ErrorCode.of(payload.getInt()), payload);
			}
			case FrameType.WINDOW_UPDATE -> deliverWindowUpdate(payload.getInt() & STREAM_ID_MASK);
			default -> throw new IllegalStateException(describe() + " has no payload to deliver");
		}
	}

	private void deliverPushPromise(ByteBuffer payload) throws ConnectionError {
		int padding = isSet(Flags.PADDED) ? payload.get() & 0xff : 0;
		int promisedStreamId = payload.getInt() & STREAM_ID_MASK;
		checkPadding(padding, payload.remaining());
		if (promisedStreamId == 0) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, describe() + " promises stream 0");
		}
		this.handler.pushPromise(this.streamId, promisedStreamId);
	}

	private void deliverWindowUpdate(int increment) throws ConnectionError {
		if (increment != 0) {
			this.handler.windowUpdate(this.streamId, increment);
		}
		else if (this.streamId != 0) {
			this.handler.streamError(this.streamId, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE by 0");
		}
		else {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE by 0 on the connection");
		}
	}

	/** Sections 6.1 and 6.2: padding may fill the frame, but not exceed it. */
	private void checkPadding(int padding, int rest) throws ConnectionError {
		if (padding > rest) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR,
					describe() + " has " + padding + " octets of padding where " + rest + " are left");
		}
	}

	private boolean isSet(int flag) {
		return (this.flags & flag) != 0;
	}

	private String describe() {
		return FrameType.name(this.type) + " on stream " + this.streamId;
	}

	/** What the next octets are. */
	private enum Expected {

		/** The nine octets that begin each frame. */
		FRAME_HEADER,

		/** A payload that is handled when it is complete. */
		PAYLOAD,

		/** The first octet of a padded DATA frame. */
		PAD_LENGTH,

		/** Octets of DATA, passed on as they arrive. */
		DATA,

		/** Padding of DATA and payloads that nobody reads. */
		SKIPPED

	}

}
