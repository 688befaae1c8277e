package io.github.h2transport.frame;

import io.github.h2transport.ErrorCode;

/**
 * Sees to it that a header block arrives in one go: HEADERS or PUSH_PROMISE, then
 * CONTINUATION frames of the same stream until END_HEADERS, and nothing else between them
 * (RFC 9113 section 6.10). Confined to the loop.
 */
final class HeaderBlockOrder {

	/**
	 * The most CONTINUATION frames of one header block. CVE-2024-27316 class: without a
	 * limit, a header block that never ends costs us work and memory for ever. 16 frames
	 * of at least 16 KiB are far above any header section that we accept, and a server
	 * has no reason to send smaller ones.
	 */
	static final int MAX_CONTINUATIONS = 16;

	/**
	 * The least payload, in octets, of a CONTINUATION that is not the last of its block:
	 * an empty one moves nothing and only costs.
	 */
	static final int LEAST_CONTINUATION_LENGTH = 1;

	/** The stream whose header block is incomplete; 0 for none. Owned by the loop. */
	private int openStreamId;

	/** Counts those of the latest header block. Owned by the loop. */
	private int continuations;

	/** Checks the next frame, of any type. */
	void check(int length, int type, int flags, int streamId) throws ConnectionError {
		boolean continues = type == FrameType.CONTINUATION;
		if (this.openStreamId != 0 && !(continues && streamId == this.openStreamId)) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, FrameType.name(type) + " on stream " + streamId
					+ " inside the header block of stream " + this.openStreamId);
		}
		if (this.openStreamId == 0 && continues) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR,
					"CONTINUATION on stream " + streamId + " without a header block to continue");
		}
		boolean endHeaders = (flags & Flags.END_HEADERS) != 0;
		if (continues) {
			this.continuations++;
			checkWorth(length, endHeaders, streamId);
		}
		else if (type == FrameType.HEADERS || type == FrameType.PUSH_PROMISE) {
			this.continuations = 0;
		}
		else {
			return;
		}
		this.openStreamId = endHeaders ? 0 : streamId;
	}

	private void checkWorth(int length, boolean endHeaders, int streamId) throws ConnectionError {
		if (this.continuations > MAX_CONTINUATIONS) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM,
					"More than " + MAX_CONTINUATIONS + " CONTINUATION frames in a header block of stream " + streamId);
		}
		if (length < LEAST_CONTINUATION_LENGTH && !endHeaders) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM,
					"An empty CONTINUATION on stream " + streamId + " that is not the last of its header block");
		}
	}

}
