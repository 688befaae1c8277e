package io.github.h2transport.frame;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

import io.github.h2transport.ErrorCode;

/**
 * Writes down each call as one line. The pieces of a DATA frame become one line, as they
 * depend on how the octets arrived.
 */
class RecordingHandler implements FrameHandler {

	/** Longer payloads are recorded by length and checksum. */
	private static final int MOST_SHOWN = 32;

	private final List<String> calls = new ArrayList<>();

	private final ByteArrayOutputStream data = new ByteArrayOutputStream();

	List<String> calls() {
		return this.calls;
	}

	@Override
	public void dataStart(int streamId, int flowControlledLength, boolean endStream) throws ConnectionError {
		this.data.reset();
		record("dataStart " + streamId + " length=" + flowControlledLength + (endStream ? " END_STREAM" : ""));
	}

	@Override
	public void dataPiece(int streamId, ByteBuffer piece) throws ConnectionError {
		if (!piece.hasRemaining()) {
			record("an empty piece");
		}
		this.data.writeBytes(octets(piece));
	}

	@Override
	public void dataEnd(int streamId, boolean endStream) throws ConnectionError {
		if (this.data.size() > 0) {
			record("data " + streamId + " " + show(this.data.toByteArray()));
		}
		record("dataEnd " + streamId + (endStream ? " END_STREAM" : ""));
	}

	@Override
	public void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders)
			throws ConnectionError {
		record("headers " + streamId + " " + show(octets(fragment)) + (endStream ? " END_STREAM" : "")
				+ (endHeaders ? " END_HEADERS" : ""));
	}

	@Override
	public void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) throws ConnectionError {
		record("continuation " + streamId + " " + show(octets(fragment)) + (endHeaders ? " END_HEADERS" : ""));
	}

	@Override
	public void priority(int streamId) throws ConnectionError {
		record("priority " + streamId);
	}

	@Override
	public void rstStream(int streamId, ErrorCode code) throws ConnectionError {
		record("rstStream " + streamId + " " + code);
	}

	@Override
	public void settings(Settings settings) throws ConnectionError {
		record("settings " + settings);
	}

	@Override
	public void settingsAck() throws ConnectionError {
		record("settingsAck");
	}

	@Override
	public void pushPromise(int streamId, int promisedStreamId) throws ConnectionError {
		record("pushPromise " + streamId + " promises " + promisedStreamId);
	}

	@Override
	public void ping(long opaqueData, boolean ack) throws ConnectionError {
		record("ping " + HexFormat.of().toHexDigits(opaqueData) + (ack ? " ACK" : ""));
	}

	@Override
	public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) throws ConnectionError {
		record("goAway " + lastStreamId + " " + code + " " + show(octets(debugData)));
	}

	@Override
	public void windowUpdate(int streamId, int increment) throws ConnectionError {
		record("windowUpdate " + streamId + " +" + increment);
	}

	@Override
	public void unknown(int type, int streamId, int length) throws ConnectionError {
		record("unknown 0x" + Integer.toHexString(type) + " " + streamId + " length=" + length);
	}

	@Override
	public void streamError(int streamId, ErrorCode code, String message) throws ConnectionError {
		record("streamError " + streamId + " " + code + " " + message);
	}

	/** For subclasses that misbehave. */
	void record(String call) throws ConnectionError {
		this.calls.add(call);
	}

	static String show(byte[] octets) {
		if (octets.length <= MOST_SHOWN) {
			return "[" + HexFormat.of().formatHex(octets) + "]";
		}
		CRC32 crc = new CRC32();
		crc.update(octets);
		return "[" + octets.length + " octets " + Long.toHexString(crc.getValue()) + "]";
	}

	private static byte[] octets(ByteBuffer borrowed) {
		byte[] octets = new byte[borrowed.remaining()];
		borrowed.get(octets);
		return octets;
	}

}
