package io.github.h2transport.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.FrameHandler;
import io.github.h2transport.frame.FrameLog;
import io.github.h2transport.frame.FrameReader;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackException;
import io.github.h2transport.protocol.StreamState.Input;
import org.jspecify.annotations.Nullable;

/**
 * The receive half of a connection as pure state: octets in, judged events out. Owned by
 * the event loop. Call {@link #read} with whatever the socket gave; a
 * {@link ConnectionError} means that the connection must end with that code, and nothing
 * may be read afterwards.
 */
public final class ReceiveHalf implements FrameHandler {

	/** No honest debug text is longer, and it goes into messages. */
	private static final int MAX_DEBUG_LENGTH = 256;

	private final FrameReader reader;

	/** RFC 9113 section 6.5.2: what peers assume until they have seen our SETTINGS. */
	private static final int DEFAULT_TABLE_SIZE = 4096;

	private final HpackDecoder decoder;

	private final int tableSize;

	private final int maxHeaderListSize;

	private final HeaderSection section;

	private final HeaderBlock block;

	private final RepeatedHead repeated;

	private final ReceiveWindow connectionWindow;

	private final FloodGuard guard;

	private final EndedStreams endedStreams = new EndedStreams();

	private final ReceiveEvents events;

	private final FrameTrace trace;

	private long nowNanos;

	/** Whether the peer has acknowledged our SETTINGS, which we send once. */
	private boolean acknowledged;

	/** The stream of the DATA frame that is being read; {@code null} to discard it. */
	private @Nullable ProtocolStream dataStream;

	/** What of that frame no reader will consume. */
	private int dataOverhead;

	/** Whether that frame has had any content, which padding is not. */
	private boolean dataHasContent;

	/** The stream of the header block that is being collected. */
	private int blockStreamId;

	private boolean blockEndsStream;

	/**
	 * Creates the receive half.
	 * @param maxFrameSize our SETTINGS_MAX_FRAME_SIZE
	 * @param maxHeaderListSize our SETTINGS_MAX_HEADER_LIST_SIZE
	 * @param tableSize our SETTINGS_HEADER_TABLE_SIZE
	 * @param connectionWindow what the peer may send on the connection
	 * @param guard the connection's budgets
	 * @param events where to report
	 * @param trace notes what is received
	 */
	public ReceiveHalf(int maxFrameSize, int maxHeaderListSize, int tableSize, ReceiveWindow connectionWindow,
			FloodGuard guard, ReceiveEvents events, FrameTrace trace) {
		this.trace = trace;
		this.reader = new FrameReader(maxFrameSize, this, trace);
		this.decoder = new HpackDecoder(tableSize);
		this.repeated = new RepeatedHead(this.decoder);
		this.tableSize = tableSize;
		this.maxHeaderListSize = maxHeaderListSize;
		this.section = new HeaderSection(maxHeaderListSize);
		this.block = new HeaderBlock(maxHeaderListSize);
		this.connectionWindow = connectionWindow;
		this.guard = guard;
		this.events = events;
	}

	/**
	 * Removes white space around the values of fields from now on, instead of taking the
	 * response for malformed. Before the first read.
	 */
	public void trimFieldValues() {
		this.section.trimValues();
	}

	/**
	 * Reads octets.
	 * @param in any piece of the stream; consumed whole
	 * @param now the time, for the budgets
	 * @throws ConnectionError if the connection must end
	 */
	public void read(ByteBuffer in, long now) throws ConnectionError {
		this.nowNanos = now;
		this.guard.sent(this.events.dataSent(), streamsOpened());
		this.guard.reset(this.events.resetCredit());
		this.trace.begin();
		this.trace.time(now);
		try {
			this.reader.read(in);
		}
		catch (ConnectionError ex) {
			this.trace.endLine();
			throw ex;
		}
		if (!this.reader.isMidFrame()) {
			// Otherwise the rest of the payload may have something to add.
			this.trace.endLine();
		}
	}

	/** Ids are odd, and the last one is 2^31-1. */
	private int streamsOpened() {
		int last = this.events.lastOpenedId();
		return (last >>> 1) + (last & 1);
	}

	/** Nothing more will be read: what a payload might have added will not come. */
	public void inputOver() {
		this.trace.endLine();
	}

	/**
	 * Returns whether the last octets were the middle of a frame, so that an end of file
	 * here is a cut.
	 * @return whether a frame is incomplete
	 */
	public boolean isMidFrame() {
		return this.reader.isMidFrame();
	}

	// ---- DATA ----

	@Override
	public void dataStart(int streamId, int flowControlledLength, boolean endStream) throws ConnectionError {
		if (!this.connectionWindow.receive(flowControlledLength)) {
			throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the connection window");
		}
		ProtocolStream stream = unlessFaulty(known(streamId, "DATA"));
		this.dataOverhead = flowControlledLength;
		this.dataStream = null;
		if (stream == null) {
			if (this.endedStreams.contains(streamId)) {
				// RFC 9113 section 5.1, closed: after END_STREAM nothing may follow.
				throw new ConnectionError(ErrorCode.STREAM_CLOSED,
						"DATA on stream " + streamId + " after its END_STREAM");
			}
			calm(this.guard.lateData(this.nowNanos, flowControlledLength));
		}
		else if (stream.isRemoteDone()) {
			fault(stream, ErrorCode.STREAM_CLOSED, "DATA after END_STREAM");
		}
		else if (!stream.headReceived) {
			fault(stream, ErrorCode.PROTOCOL_ERROR, "DATA before the response head");
		}
		else if (!stream.receiveWindow().receive(flowControlledLength)) {
			fault(stream, ErrorCode.FLOW_CONTROL_ERROR, "DATA beyond the stream window");
		}
		else {
			this.dataStream = stream;
		}
		this.dataHasContent = false;
	}

	@Override
	public void dataPiece(int streamId, ByteBuffer piece) {
		this.dataHasContent = true;
		ProtocolStream stream = this.dataStream;
		if (stream == null) {
			return;
		}
		int length = piece.remaining();
		stream.addReceivedLength(length);
		if ((stream.expectedLength >= 0 && stream.receivedLength() > stream.expectedLength)
				|| stream.expectedLength == BodyLength.NONE) {
			this.dataStream = null;
			this.events.discarded(stream, this.dataOverhead);
			this.dataOverhead = 0;
			fault(stream, ErrorCode.PROTOCOL_ERROR, "more content than the response declared");
			return;
		}
		this.dataOverhead -= length;
		this.events.content(stream, piece);
	}

	@Override
	public void dataEnd(int streamId, boolean endStream) throws ConnectionError {
		ProtocolStream stream = this.dataStream;
		this.dataStream = null;
		if (!this.dataHasContent && !endStream) {
			// CVE-2019-9518: also with padding, which is no progress either.
			calm(this.guard.emptyData(this.nowNanos));
		}
		else if (stream != null) {
			this.guard.data();
		}
		if (this.dataOverhead > 0) {
			this.events.discarded(stream, this.dataOverhead);
		}
		if (endStream && stream != null) {
			end(stream, Headers.empty());
		}
	}

	private void end(ProtocolStream stream, Headers trailers) {
		if (endsTooEarly(stream)) {
			return;
		}
		StreamState state = stream.advance(Input.RECEIVE_END_STREAM);
		if (state != null) {
			this.endedStreams.add(stream.id());
			this.events.end(stream, trailers, state == StreamState.CLOSED);
		}
	}

	/** RFC 9113 section 8.1.1: a wrong content-length makes the message malformed. */
	private boolean endsTooEarly(ProtocolStream stream) {
		if (stream.expectedLength <= 0 || stream.receivedLength() == stream.expectedLength) {
			return false;
		}
		this.endedStreams.add(stream.id());
		fault(stream, ErrorCode.PROTOCOL_ERROR, "the content ended after " + stream.receivedLength() + " of "
				+ stream.expectedLength + " declared octets");
		return true;
	}

	// ---- HEADERS ----

	@Override
	public void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders)
			throws ConnectionError {
		this.blockStreamId = streamId;
		this.blockEndsStream = endStream;
		if (!this.block.mayBegin(fragment.remaining())) {
			throw beyondLimits();
		}
		if (endHeaders) {
			headerBlock(fragment);
		}
		else {
			this.block.begin(fragment);
		}
	}

	@Override
	public void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) throws ConnectionError {
		if (!this.block.add(fragment)) {
			throw beyondLimits();
		}
		if (endHeaders) {
			headerBlock(this.block.take());
		}
	}

	private static ConnectionError beyondLimits() {
		return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "a header block beyond every limit we announced");
	}

	private void headerBlock(ByteBuffer octets) throws ConnectionError {
		int streamId = this.blockStreamId;
		ProtocolStream stream = unlessFaulty(known(streamId, "HEADERS"));
		boolean wanted = stream != null && !stream.isRemoteDone();
		boolean trailers = wanted && stream != null && stream.headReceived;
		// Always decoded, wanted or not: the dynamic table is the connection's.
		decode(octets, wanted ? (trailers ? HeaderSection.Kind.TRAILERS : HeaderSection.Kind.RESPONSE)
				: HeaderSection.Kind.IGNORED);
		if (stream == null) {
			if (this.endedStreams.contains(streamId)) {
				throw new ConnectionError(ErrorCode.STREAM_CLOSED,
						"HEADERS on stream " + streamId + " after its END_STREAM");
			}
			calm(this.guard.stray(this.nowNanos));
		}
		else if (!wanted) {
			fault(stream, ErrorCode.STREAM_CLOSED, "HEADERS after END_STREAM");
		}
		else if (this.section.fault() != null) {
			fault(stream, ErrorCode.PROTOCOL_ERROR, this.section.fault());
		}
		else if (trailers) {
			trailers(stream);
		}
		else {
			responseHead(stream);
		}
		if (wanted) {
			this.guard.data();
		}
	}

	private void decode(ByteBuffer octets, HeaderSection.Kind kind) throws ConnectionError {
		this.section.begin(kind);
		boolean isHead = kind == HeaderSection.Kind.RESPONSE && !this.trace.isLogged();
		if (isHead && this.repeated.recall(octets, this.section)) {
			return;
		}
		int start = octets.position();
		long changesBefore = this.decoder.changes();
		try {
			this.decoder.decode(octets, this.trace.shown(this.section));
		}
		catch (HpackException ex) {
			throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, String.valueOf(ex.getMessage()));
		}
		if (isHead && this.section.fault() == null) {
			this.repeated.remember(octets.position(start), changesBefore, this.section);
		}
	}

	private void responseHead(ProtocolStream stream) {
		int status = this.section.status();
		Headers headers = this.section.headers();
		if (status < 200) {
			interim(stream, status, headers);
			return;
		}
		long expected = BodyLength.expected(stream.isHeadRequest(), status, headers);
		if (expected == BodyLength.MALFORMED) {
			fault(stream, ErrorCode.PROTOCOL_ERROR, "malformed or conflicting content-length");
			return;
		}
		stream.expectedLength = expected;
		if (this.blockEndsStream && endsTooEarly(stream)) {
			// Malformed as a whole: its caller does not even get the head.
			return;
		}
		stream.headReceived = true;
		stream.answered();
		stream.advance(Input.RECEIVE_HEADERS);
		this.events.head(stream, status, headers);
		if (this.blockEndsStream) {
			end(stream, Headers.empty());
		}
	}

	private void interim(ProtocolStream stream, int status, Headers headers) {
		if (this.blockEndsStream) {
			fault(stream, ErrorCode.PROTOCOL_ERROR, "an interim response ended the stream");
			return;
		}
		String tooMany = this.guard.interim(++stream.interimCount);
		if (tooMany != null) {
			fault(stream, ErrorCode.ENHANCE_YOUR_CALM, tooMany);
			return;
		}
		stream.interimSize += this.section.listSize();
		if (stream.interimSize > this.maxHeaderListSize) {
			fault(stream, ErrorCode.ENHANCE_YOUR_CALM,
					"the interim responses to one request are larger than the limit of " + this.maxHeaderListSize
							+ " octets");
			return;
		}
		this.events.interim(stream, status, headers);
	}

	private void trailers(ProtocolStream stream) {
		if (!this.blockEndsStream) {
			// RFC 9113 section 8.1: a second header section must end the stream.
			fault(stream, ErrorCode.PROTOCOL_ERROR, "a trailer section without END_STREAM");
			return;
		}
		end(stream, this.section.headers());
	}

	// ---- the other frames of streams ----

	@Override
	public void rstStream(int streamId, ErrorCode code) throws ConnectionError {
		this.trace.detail(FrameType.RST_STREAM, code.value());
		ProtocolStream stream = known(streamId, "RST_STREAM");
		if (stream != null && stream.advance(Input.RECEIVE_RST_STREAM) == StreamState.CLOSED) {
			this.events.reset(stream, code);
		}
		else {
			calm(this.guard.rstStream(this.nowNanos));
		}
	}

	@Override
	public void windowUpdate(int streamId, int increment) throws ConnectionError {
		this.trace.detail(FrameType.WINDOW_UPDATE, increment);
		calm(this.guard.windowUpdate(this.nowNanos));
		if (streamId == 0) {
			if (!this.events.windowUpdate(null, increment)) {
				throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR,
						"WINDOW_UPDATE lifts the connection window above 2^31-1");
			}
			return;
		}
		ProtocolStream stream = known(streamId, "WINDOW_UPDATE");
		if (stream != null && !this.events.windowUpdate(stream, increment)) {
			fault(stream, ErrorCode.FLOW_CONTROL_ERROR, "WINDOW_UPDATE lifts the stream window above 2^31-1");
		}
	}

	@Override
	public void priority(int streamId) throws ConnectionError {
		calm(this.guard.priority(this.nowNanos));
	}

	@Override
	public void streamError(int streamId, ErrorCode code, String message) throws ConnectionError {
		if (isIdle(streamId)) {
			// RFC 9113 section 6.4: RST_STREAM must not be sent for an idle stream.
			throw new ConnectionError(code, message + " on stream " + streamId + ", which is idle");
		}
		ProtocolStream stream = unlessFaulty(this.events.stream(streamId));
		if (stream != null) {
			fault(stream, code, message);
		}
		else {
			calm(this.guard.stray(this.nowNanos));
		}
	}

	@Override
	public void pushPromise(int streamId, int promisedStreamId) throws ConnectionError {
		// RFC 9113 section 8.4: we have sent ENABLE_PUSH=0.
		throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE although push is off");
	}

	/**
	 * Finds a stream. A frame on a stream that we never opened is a connection error (RFC
	 * 9113 section 5.1, idle); on one that is gone it is legal for a while.
	 */
	private @Nullable ProtocolStream known(int streamId, String frame) throws ConnectionError {
		ProtocolStream stream = this.events.stream(streamId);
		if (stream == null && isIdle(streamId)) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, frame + " on stream " + streamId + ", which is idle");
		}
		return stream;
	}

	private boolean isIdle(int streamId) {
		return (streamId & 1) == 0 || (streamId > this.events.lastOpenedId() && this.events.stream(streamId) == null);
	}

	/**
	 * Leaves out a stream whose RST_STREAM is on its way already. What the peer has sent
	 * behind its mistake must not make a response of it (RFC 9113 section 8.1.1).
	 */
	private static @Nullable ProtocolStream unlessFaulty(@Nullable ProtocolStream stream) {
		return (stream != null && stream.faulty) ? null : stream;
	}

	private void fault(ProtocolStream stream, ErrorCode code, String message) {
		if (!stream.faulty) {
			stream.faulty = true;
			this.guard.fault(stream.receiveWindow().available());
			this.events.fault(stream, code, message);
		}
	}

	// ---- frames of the connection ----

	@Override
	public void settings(Settings settings) throws ConnectionError {
		this.trace.settings(settings);
		calm(this.guard.settings(this.nowNanos));
		if (!this.events.settings(settings)) {
			// RFC 9113 section 6.9.2.
			throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR,
					"SETTINGS_INITIAL_WINDOW_SIZE lifts a stream window above 2^31-1");
		}
	}

	@Override
	public void settingsAck() throws ConnectionError {
		if (this.acknowledged) {
			// Nobody waits for it.
			calm(this.guard.settings(this.nowNanos));
		}
		if (!this.acknowledged && this.tableSize < DEFAULT_TABLE_SIZE) {
			// RFC 9113 section 4.3.1: the peer must say that it has shrunk its table.
			this.decoder.requireSizeUpdate();
		}
		this.acknowledged = true;
		this.events.settingsAcknowledged();
	}

	@Override
	public void ping(long opaqueData, boolean ack) throws ConnectionError {
		this.trace.detail(FrameType.PING, opaqueData);
		calm(this.guard.ping(this.nowNanos));
		if (ack) {
			this.events.pong(opaqueData);
		}
		else {
			this.events.ping(opaqueData);
		}
	}

	@Override
	public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) throws ConnectionError {
		calm(this.guard.goAway(this.nowNanos));
		String debug = readable(debugData);
		this.trace.detail(FrameType.GOAWAY, FrameLog.goAwayDetail(lastStreamId, code.value()));
		this.trace.text(debug);
		this.events.goAway(lastStreamId, code, debug);
	}

	/** Peers' octets never reach a log or a message as they are. */
	private static String readable(ByteBuffer octets) {
		if (!octets.hasRemaining()) {
			return "";
		}
		byte[] text = new byte[Math.min(octets.remaining(), MAX_DEBUG_LENGTH)];
		octets.get(text);
		return Excerpt.of(new String(text, StandardCharsets.ISO_8859_1));
	}

	@Override
	public void unknown(int type, int streamId, int length) throws ConnectionError {
		calm(this.guard.unknown(this.nowNanos, length));
	}

	private static void calm(@Nullable String excess) throws ConnectionError {
		if (excess != null) {
			throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, excess);
		}
	}

}
