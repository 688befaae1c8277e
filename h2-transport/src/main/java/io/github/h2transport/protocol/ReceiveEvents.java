package io.github.h2transport.protocol;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.Settings;
import org.jspecify.annotations.Nullable;

/**
 * What the receive half has found out, as calls in wire order. Everything has been judged
 * by then; the receiver only acts. Called by the loop.
 */
public interface ReceiveEvents {

	/**
	 * Looks a stream up.
	 * @param streamId an id from the wire
	 * @return {@code null} if it was never opened or is gone
	 */
	@Nullable ProtocolStream stream(int streamId);

	/**
	 * Returns the highest stream id that was opened.
	 * @return an odd number, 0 if none was
	 */
	int lastOpenedId();

	/**
	 * Returns how much content we have sent, which explains the peer's WINDOW_UPDATEs.
	 * @return octets of DATA payload
	 */
	long dataSent();

	/**
	 * Returns what the peer may still send on streams that are gone.
	 * @return the octets of credit that each stream had left when we sent its RST_STREAM,
	 * of all streams so far
	 */
	long resetCredit();

	/** An interim response (RFC 9110 section 15.2). */
	void interim(ProtocolStream stream, int status, Headers headers);

	/** The head of the final response; {@code contentLength} is -1 if unknown. */
	void head(ProtocolStream stream, int status, Headers headers);

	/**
	 * A piece of content.
	 * @param stream its stream
	 * @param piece borrowed until return
	 */
	void content(ProtocolStream stream, ByteBuffer piece);

	/**
	 * The peer has ended its side; state and content-length are in order.
	 * @param stream the stream, which may be closed by now
	 * @param trailers the trailer section, empty if there was none
	 * @param closed whether this closed the stream
	 */
	void end(ProtocolStream stream, Headers trailers, boolean closed);

	/** The peer has reset the stream, which closed it. */
	void reset(ProtocolStream stream, ErrorCode code);

	/** A stream error (RFC 9113 section 5.4.2) on an open stream: reset it. */
	void fault(ProtocolStream stream, ErrorCode code, String message);

	/** Octets that no reader will consume: padding, and DATA that nobody wants. */
	void discarded(@Nullable ProtocolStream stream, int octets);

	/**
	 * The peer's SETTINGS, in force for the frames behind them.
	 * @param settings the values
	 * @return {@code false} if the window of a stream would grow too large
	 */
	boolean settings(Settings settings);

	void settingsAcknowledged();

	void ping(long opaqueData);

	void pong(long opaqueData);

	/**
	 * A GOAWAY.
	 * @param lastStreamId the highest stream that may have been processed
	 * @param code the reason
	 * @param debug readable text made of the debug data, escaped and shortened
	 */
	void goAway(int lastStreamId, ErrorCode code, String debug);

	/**
	 * A WINDOW_UPDATE.
	 * @param stream the stream, {@code null} for the connection
	 * @param increment 1 to 2^31-1
	 * @return {@code false} if the window would grow too large
	 */
	boolean windowUpdate(@Nullable ProtocolStream stream, int increment);

}
