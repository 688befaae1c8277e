package io.github.h2transport.frame;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;

/**
 * Receives what a {@link FrameReader} finds, one call a frame (DATA: several), in the
 * order of the wire. What arrives here is well formed by itself; whether it fits the
 * state of a stream, and whether the stream id is one that may be used, is for the
 * handler to judge.
 * <p>
 * Buffers are <b>borrowed</b>: they hold the octets between position and limit until the
 * method returns, and are often the very buffer that the socket was read into. A handler
 * may read them and move the position (or leave them alone), must not change the limit,
 * and must copy what it wants to keep. Stream ids are 1 to 2^31-1 unless a method says
 * otherwise. Every method may end the connection by throwing; the reader then stops.
 */
public interface FrameHandler {

	/**
	 * A DATA frame begins (section 6.1). Called when the frame header was seen and, if
	 * the frame is padded, its pad length.
	 * @param streamId the stream
	 * @param flowControlledLength what the frame takes from both flow-control windows, in
	 * octets: its whole payload with pad length and padding (section 6.1), 0 or more
	 * @param endStream whether the frame ends the stream; it does so in {@link #dataEnd}
	 * @throws ConnectionError to end the connection
	 */
	void dataStart(int streamId, int flowControlledLength, boolean endStream) throws ConnectionError;

	/**
	 * Some octets of the frame that {@link #dataStart} announced, as they arrived; never
	 * empty, never padding.
	 * @param streamId the stream
	 * @param piece the octets, borrowed
	 * @throws ConnectionError to end the connection
	 */
	void dataPiece(int streamId, ByteBuffer piece) throws ConnectionError;

	/**
	 * The DATA frame is complete: its last octet, padding included, was seen.
	 * @param streamId the stream
	 * @param endStream whether the stream ends here
	 * @throws ConnectionError to end the connection
	 */
	void dataEnd(int streamId, boolean endStream) throws ConnectionError;

	/**
	 * A HEADERS frame (section 6.2), without padding and the deprecated priority fields.
	 * @param streamId the stream
	 * @param fragment the field block or its beginning, borrowed, possibly empty
	 * @param endStream whether the stream ends with this field section
	 * @param endHeaders whether the field block is complete; if not,
	 * {@link #continuation} is the next call
	 * @throws ConnectionError to end the connection
	 */
	void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders) throws ConnectionError;

	/**
	 * A CONTINUATION frame (section 6.10). Directly follows {@link #headers},
	 * {@link #pushPromise} or another one of the same stream.
	 * @param streamId the stream
	 * @param fragment the next octets of the field block, borrowed, empty only at the end
	 * @param endHeaders whether the field block is complete
	 * @throws ConnectionError to end the connection
	 */
	void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) throws ConnectionError;

	/**
	 * A PRIORITY frame (section 6.3). What it says is deprecated and not shown.
	 * @param streamId the stream, which may be in any state
	 * @throws ConnectionError to end the connection
	 */
	void priority(int streamId) throws ConnectionError;

	/**
	 * A RST_STREAM frame (section 6.4).
	 * @param streamId the stream
	 * @param code why the peer gave the stream up; may be a code that no RFC names
	 * @throws ConnectionError to end the connection
	 */
	void rstStream(int streamId, ErrorCode code) throws ConnectionError;

	/**
	 * A SETTINGS frame that is to be applied and acknowledged (section 6.5.3). The first
	 * call of a connection is always this one.
	 * @param settings the legal, known ones among its values
	 * @throws ConnectionError to end the connection
	 */
	void settings(Settings settings) throws ConnectionError;

	/**
	 * A SETTINGS frame with ACK: the peer has applied ours.
	 * @throws ConnectionError to end the connection
	 */
	void settingsAck() throws ConnectionError;

	/**
	 * A PUSH_PROMISE frame (section 6.6). Its field block is not shown, so the shared
	 * HPACK state is lost with it: a client, which has set SETTINGS_ENABLE_PUSH to 0,
	 * ends the connection here.
	 * @param streamId the stream with the request that the peer refers to
	 * @param promisedStreamId the stream that the peer reserves, 1 to 2^31-1
	 * @throws ConnectionError to end the connection
	 */
	void pushPromise(int streamId, int promisedStreamId) throws ConnectionError;

	/**
	 * A PING frame (section 6.7).
	 * @param opaqueData its eight octets
	 * @param ack whether it answers one of ours; if not, it wants an answer
	 * @throws ConnectionError to end the connection
	 */
	void ping(long opaqueData, boolean ack) throws ConnectionError;

	/**
	 * A GOAWAY frame (section 6.8).
	 * @param lastStreamId the highest stream that the peer may have worked on, 0 for none
	 * @param code why
	 * @param debugData what the peer adds for humans, borrowed, possibly empty
	 * @throws ConnectionError to end the connection
	 */
	void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) throws ConnectionError;

	/**
	 * A WINDOW_UPDATE frame (section 6.9).
	 * @param streamId the stream, 0 for the connection
	 * @param increment the octets that the peer will take beyond its former limit, 1 to
	 * 2^31-1
	 * @throws ConnectionError to end the connection
	 */
	void windowUpdate(int streamId, int increment) throws ConnectionError;

	/**
	 * A frame of a type that RFC 9113 does not define, to be ignored (section 5.5) but
	 * perhaps counted. Called when its header was seen.
	 * @param type 10 to 255
	 * @param streamId any, 0 included
	 * @param length of its payload in octets, 0 or more
	 * @throws ConnectionError to end the connection
	 */
	void unknown(int type, int streamId, int length) throws ConnectionError;

	/**
	 * A frame that ends its stream and no more (section 5.4.2), such as a WINDOW_UPDATE
	 * by 0. The frame itself is not passed on.
	 * @param streamId the stream, which may be in any state
	 * @param code what a RST_STREAM would say
	 * @param message what was wrong, for the reader of a log
	 * @throws ConnectionError to end the connection
	 */
	void streamError(int streamId, ErrorCode code, String message) throws ConnectionError;

}
