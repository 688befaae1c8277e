package io.github.h2transport.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.FrameHandler;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackException;

/**
 * Turns what a client sends into {@link ClientFrame}s. Whatever a client must not send
 * fails the test.
 */
final class ClientFrameReader implements FrameHandler {

	private final Queue<ClientFrame> frames;

	private final HpackDecoder decoder;

	private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

	private boolean endStream;

	ClientFrameReader(Queue<ClientFrame> frames, int tableSize) {
		this.frames = frames;
		this.decoder = new HpackDecoder(tableSize);
	}

	@Override
	public void dataStart(int streamId, int flowControlledLength, boolean endOfStream) {
		this.octets.reset();
	}

	@Override
	public void dataPiece(int streamId, ByteBuffer piece) {
		collect(piece);
	}

	@Override
	public void dataEnd(int streamId, boolean endOfStream) {
		this.frames.add(new ClientFrame.Data(streamId, this.octets.toByteArray(), endOfStream));
	}

	@Override
	public void headers(int streamId, ByteBuffer fragment, boolean endOfStream, boolean endHeaders)
			throws ConnectionError {
		this.octets.reset();
		this.endStream = endOfStream;
		continuation(streamId, fragment, endHeaders);
	}

	@Override
	public void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) throws ConnectionError {
		collect(fragment);
		if (!endHeaders) {
			return;
		}
		Headers.Builder fields = Headers.builder();
		try {
			this.decoder.decode(ByteBuffer.wrap(this.octets.toByteArray()),
					(name, value, sensitive) -> fields.add(name, value, sensitive));
		}
		catch (HpackException ex) {
			throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, String.valueOf(ex.getMessage()));
		}
		this.frames.add(new ClientFrame.Head(streamId, fields.build(), this.endStream));
	}

	private void collect(ByteBuffer piece) {
		byte[] copy = new byte[piece.remaining()];
		piece.get(copy);
		this.octets.writeBytes(copy);
	}

	@Override
	public void rstStream(int streamId, ErrorCode code) {
		this.frames.add(new ClientFrame.RstStream(streamId, code));
	}

	@Override
	public void settings(Settings settings) {
		this.frames.add(new ClientFrame.SettingsSent(settings));
	}

	@Override
	public void settingsAck() {
		this.frames.add(new ClientFrame.SettingsAck());
	}

	@Override
	public void ping(long opaqueData, boolean ack) {
		this.frames.add(new ClientFrame.Ping(opaqueData, ack));
	}

	@Override
	public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) {
		byte[] text = new byte[debugData.remaining()];
		debugData.get(text);
		this.frames.add(new ClientFrame.GoAway(lastStreamId, code, new String(text, StandardCharsets.UTF_8)));
	}

	@Override
	public void windowUpdate(int streamId, int increment) {
		this.frames.add(new ClientFrame.WindowUpdate(streamId, increment));
	}

	@Override
	public void priority(int streamId) throws ConnectionError {
		throw unexpected("PRIORITY");
	}

	@Override
	public void pushPromise(int streamId, int promisedStreamId) throws ConnectionError {
		throw unexpected("PUSH_PROMISE");
	}

	@Override
	public void unknown(int type, int streamId, int length) throws ConnectionError {
		throw unexpected("type " + type);
	}

	@Override
	public void streamError(int streamId, ErrorCode code, String message) throws ConnectionError {
		throw new ConnectionError(code, message);
	}

	private static ConnectionError unexpected(String frame) {
		return new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a client has no reason to send " + frame);
	}

}
