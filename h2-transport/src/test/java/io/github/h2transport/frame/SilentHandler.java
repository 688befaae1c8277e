package io.github.h2transport.frame;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;

/** Does nothing, so that only the reader's own cost is seen. */
class SilentHandler implements FrameHandler {

	@Override
	public void dataStart(int streamId, int flowControlledLength, boolean endStream) {
	}

	@Override
	public void dataPiece(int streamId, ByteBuffer piece) {
	}

	@Override
	public void dataEnd(int streamId, boolean endStream) {
	}

	@Override
	public void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders) {
	}

	@Override
	public void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) {
	}

	@Override
	public void priority(int streamId) {
	}

	@Override
	public void rstStream(int streamId, ErrorCode code) {
	}

	@Override
	public void settings(Settings settings) {
	}

	@Override
	public void settingsAck() {
	}

	@Override
	public void pushPromise(int streamId, int promisedStreamId) {
	}

	@Override
	public void ping(long opaqueData, boolean ack) {
	}

	@Override
	public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) {
	}

	@Override
	public void windowUpdate(int streamId, int increment) {
	}

	@Override
	public void unknown(int type, int streamId, int length) {
	}

	@Override
	public void streamError(int streamId, ErrorCode code, String message) {
	}

}
