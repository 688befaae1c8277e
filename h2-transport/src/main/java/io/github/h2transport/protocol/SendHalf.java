package io.github.h2transport.protocol;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.OctetSink;
import io.github.h2transport.protocol.StreamState.Input;

/**
 * The send half of a connection as pure state: actions in, octets out. Owned by the loop,
 * so HPACK order and stream ids are wire order without any lock.
 *
 * <p>
 * How to use it: {@link #attach} a buffer, call the actions and {@link #pump(long)} while
 * {@link #hasRoom()}, write out what the buffer holds, {@link #detach()} it when empty.
 */
public final class SendHalf {

	/**
	 * Beyond this fill level no further action is begun: one write of this size is worth
	 * a system call, and the callers behind it should not wait longer.
	 */
	private static final int FULL = 48 * 1024;

	private static final ByteBuffer NO_BUFFER = ByteBuffer.allocate(0);

	/**
	 * No smaller frame is sent only because a window was cut unevenly: Tomcat takes DATA
	 * frames below 1,024 octets for overhead and ends connections that bring many.
	 */
	public static final int CRUMB = 1024;

	/** A GET whose fields are in the tables; an idle connection pays for no more. */
	private static final int FIRST_BLOCK = 64;

	private static final int HIGHEST_STREAM_ID = Integer.MAX_VALUE;

	/** Instead of a number of octets: the stream has nothing more to send now. */
	private static final int DONE = -1;

	private final HpackEncoder encoder;

	/** Grows to what the heads of this connection need. */
	private final OctetSink block = new OctetSink(FIRST_BLOCK);

	private final PeerSettings peer = new PeerSettings();

	private final SendWindow connectionWindow = new SendWindow();

	/** Whose content goes next. Few connections have any. */
	private final UploadOrder<ProtocolStream> uploads = new UploadOrder<>();

	private final Consumer<ProtocolStream> onClosed;

	private int contentPerFrame = Integer.MAX_VALUE;

	private final SentFrames sentFrames;

	private ByteBuffer out = NO_BUFFER;

	/** Read by the loop to tell idle streams from closed ones. */
	private volatile int lastOpenedId;

	/** Octets of DATA payload sent, to judge the peer's WINDOW_UPDATEs by. */
	private volatile long dataSent;

	/**
	 * Creates the send half.
	 * @param encoderTableSize the most that is used of the peer's HPACK table, in octets
	 * @param onClosed told of each stream whose last act was sent here; called in the
	 * middle of encoding, so it may only take notes
	 * @param trace notes what is sent
	 */
	public SendHalf(int encoderTableSize, Consumer<ProtocolStream> onClosed, FrameTrace trace) {
		this.encoder = new HpackEncoder(encoderTableSize);
		this.onClosed = onClosed;
		this.sentFrames = new SentFrames(trace);
	}

	// ---- the buffer ----

	public void attach(ByteBuffer buffer) {
		this.out = buffer;
		this.sentFrames.skipTo(buffer.position());
	}

	public ByteBuffer buffer() {
		return this.out;
	}

	/**
	 * Takes the buffer away.
	 * @return the buffer that was attached, or a larger one that replaced it
	 */
	public ByteBuffer detach() {
		ByteBuffer buffer = this.out;
		this.out = NO_BUFFER;
		return buffer;
	}

	public boolean hasRoom() {
		return this.out.position() < FULL;
	}

	/** Begins a turn of actions. */
	public void beginTurn() {
		this.sentFrames.begin();
	}

	/**
	 * Notes the frames that the actions have encoded since the last call. To be called
	 * before they are written: so what the peer answers is noted later than what it
	 * answers to.
	 * @param now the time
	 */
	public void noteFrames(long now) {
		this.sentFrames.note(this.out, now);
	}

	/** Some of the buffer was written, and it was compacted. */
	public void written() {
		this.sentFrames.skipTo(this.out.position());
	}

	/** A header block larger than the buffer is rare, but must go out whole. */
	private ByteBuffer room(int octets) {
		if (this.out.remaining() < octets) {
			ByteBuffer larger = ByteBuffer.allocateDirect(this.out.position() + octets + 1024);
			larger.put(this.out.flip());
			this.out = larger;
		}
		return this.out;
	}

	/**
	 * Sets how much content a DATA frame carries at most, if the peer takes that much.
	 * Before the first content.
	 * @param octets 1 or more
	 */
	public void contentPerFrame(int octets) {
		this.contentPerFrame = octets;
	}

	// ---- actions ----

	/**
	 * Writes the connection preface (RFC 9113 section 3.4): magic, SETTINGS and the
	 * WINDOW_UPDATE that brings the connection window from 65,535 to its size.
	 * @param settings our settings
	 * @param connectionWindowSize the receive window of the connection in octets
	 */
	public void preface(Settings settings, int connectionWindowSize) {
		ByteBuffer buffer = room(1024);
		FrameWriter.preface(buffer);
		// The magic octets are no frame.
		this.sentFrames.skipTo(buffer.position());
		FrameWriter.settings(buffer, settings);
		int increment = connectionWindowSize - PeerSettings.DEFAULT_INITIAL_WINDOW_SIZE;
		if (increment > 0) {
			FrameWriter.windowUpdate(buffer, 0, increment);
		}
	}

	/**
	 * Returns whether the connection has a stream id left (RFC 9113 section 5.1.1).
	 * @return {@code false} when it must be replaced
	 */
	public boolean hasStreamIds() {
		return this.lastOpenedId < HIGHEST_STREAM_ID;
	}

	/**
	 * Returns how many streams can still be opened (RFC 9113 section 5.1.1).
	 * @return 0 or more
	 */
	public int streamIdsLeft() {
		return (HIGHEST_STREAM_ID - this.lastOpenedId) / 2 + ((this.lastOpenedId == 0) ? 1 : 0);
	}

	/**
	 * Gives a stream its id, before anybody else can see it.
	 * @param stream a stream that was never opened
	 */
	public void assignId(ProtocolStream stream) {
		int id = (this.lastOpenedId == 0) ? 1 : this.lastOpenedId + 2;
		stream.assignId(id);
	}

	/**
	 * Opens a stream that has its id: HEADERS, with END_STREAM if there is no content.
	 * @param stream the stream
	 * @param head the checked head
	 * @param endStream whether the request has no content
	 */
	public void open(ProtocolStream stream, RequestHead head, boolean endStream) {
		this.lastOpenedId = stream.id();
		this.block.clear();
		this.encoder.beginBlock(this.block);
		this.encoder.encode(":method", head.method(), false, this.block);
		this.encoder.encode(":scheme", head.scheme(), false, this.block);
		this.encoder.encode(":authority", head.authority(), false, this.block);
		this.encoder.encode(":path", head.path(), false, this.block);
		if (head.userAgent() != null) {
			this.encoder.encode("user-agent", head.userAgent(), false, this.block);
		}
		encode(head.regularFields());
		writeBlock(stream, endStream);
		if (this.sentFrames.areLogged()) {
			this.sentFrames.block(this.out, head.fields());
		}
		stream.advance(Input.SEND_HEADERS);
		if (endStream) {
			ended(stream, Input.SEND_END_STREAM);
		}
		else {
			this.uploads.opened(stream);
			upload(stream);
		}
	}

	private void trailers(ProtocolStream stream, Headers fields) {
		this.block.clear();
		this.encoder.beginBlock(this.block);
		encode(fields);
		writeBlock(stream, true);
		if (this.sentFrames.areLogged()) {
			this.sentFrames.block(this.out, fields);
		}
	}

	private void encode(Headers fields) {
		for (int i = 0; i < fields.size(); i++) {
			this.encoder.encode(fields.name(i), fields.value(i), fields.isSensitive(i), this.block);
		}
	}

	private void writeBlock(ProtocolStream stream, boolean endStream) {
		int length = this.block.length();
		int maxFrameSize = this.peer.maxFrameSize();
		FrameWriter.headers(room(FrameWriter.headersSize(length, maxFrameSize)), stream.id(), this.block.array(), 0,
				length, maxFrameSize, endStream);
	}

	/**
	 * Lets a stream take part in {@link #pump(long)}: it has content ready.
	 * @param stream an open stream
	 */
	public void upload(ProtocolStream stream) {
		if (stream.isLocalDone()) {
			this.uploads.over(stream);
		}
		else if (!stream.inUploadRing) {
			stream.inUploadRing = true;
			this.uploads.ready(stream, isSmall(stream));
		}
	}

	private boolean isSmall(ProtocolStream stream) {
		OutgoingContent content = stream.content();
		return content != null && content.isComplete() && content.readyOctets() <= Math.min(frame(), UploadOrder.FRAME)
				&& stream.sendWindow().sent() == 0;
	}

	/** How much content a DATA frame carries at most. */
	private int frame() {
		return Math.min(this.peer.maxFrameSize(), this.contentPerFrame);
	}

	/**
	 * Resets a stream, unless it is closed or was never opened.
	 * @param stream the stream
	 * @param code the reason for the peer
	 * @return whether RST_STREAM was written
	 */
	public boolean reset(ProtocolStream stream, ErrorCode code) {
		if (stream.id() == 0 || stream.isClosed()) {
			return false;
		}
		FrameWriter.rstStream(room(FrameWriter.RST_STREAM_SIZE), stream.id(), code);
		ended(stream, Input.SEND_RST_STREAM);
		return true;
	}

	private void ended(ProtocolStream stream, Input input) {
		this.uploads.over(stream);
		if (input == Input.SEND_END_STREAM) {
			stream.endStreamSent();
			stream.contentSent();
		}
		if (stream.advance(input) == StreamState.CLOSED) {
			this.onClosed.accept(stream);
		}
	}

	/**
	 * Hands receive credit back to the peer.
	 * @param stream the stream, whose window is of no interest once the peer is done
	 * @return whether WINDOW_UPDATE was written
	 */
	public boolean creditStream(ProtocolStream stream) {
		int increment = stream.isRemoteDone() ? 0 : stream.receiveWindow().takeCredit();
		if (increment > 0) {
			FrameWriter.windowUpdate(room(FrameWriter.WINDOW_UPDATE_SIZE), stream.id(), increment);
		}
		return increment > 0;
	}

	public void creditConnection(ReceiveWindow window) {
		int increment = window.takeCredit();
		if (increment > 0) {
			FrameWriter.windowUpdate(room(FrameWriter.WINDOW_UPDATE_SIZE), 0, increment);
		}
	}

	/**
	 * Applies the peer's SETTINGS as a whole and acknowledges them, in this order (RFC
	 * 9113 section 6.5.3).
	 * @param settings the received values
	 */
	public void applySettings(Settings settings) {
		this.peer.apply(settings);
		if (settings.has(Settings.HEADER_TABLE_SIZE)) {
			// RFC 7541 section 4.2: the smallest size is signalled too.
			this.encoder.peerTableSize(settings.leastHeaderTableSize(0));
			this.encoder.peerTableSize(settings.get(Settings.HEADER_TABLE_SIZE, 0));
		}
		FrameWriter.settingsAck(room(FrameWriter.SETTINGS_ACK_SIZE));
	}

	public void ping(long opaqueData, boolean ack) {
		FrameWriter.ping(room(FrameWriter.PING_SIZE), opaqueData, ack);
	}

	/**
	 * Says that we end the connection (RFC 9113 section 6.8). A client has processed no
	 * stream of the server, so the last stream id is 0.
	 * @param code the reason
	 * @param debugData text for the peer's log
	 */
	public void goAway(ErrorCode code, byte[] debugData) {
		FrameWriter.goAway(room(FrameWriter.FRAME_HEADER_SIZE + 8 + debugData.length), 0, code, debugData);
	}

	/**
	 * Sends content of the uploading streams, a frame at a time in the order of
	 * {@link UploadOrder}, as far as the windows and the buffer reach.
	 * @param now the time
	 * @return whether it stopped for want of buffer only
	 */
	public boolean pump(long now) {
		if (this.uploads.isEmpty()) {
			return false;
		}
		this.uploads.begin(connectionWindow());
		while (hasRoom()) {
			ProtocolStream stream = this.uploads.next(connectionWindow(), frame());
			if (stream == null) {
				break;
			}
			int sent = sendSome(stream, now);
			if (sent > 0) {
				this.uploads.sent(stream, sent, !stream.isLocalDone());
			}
			else if (sent == 0) {
				this.uploads.blocked(stream);
			}
			stream.inUploadRing = sent != DONE && !stream.isLocalDone();
		}
		this.uploads.end();
		return !hasRoom() && !this.uploads.isEmpty();
	}

	/**
	 * Returns whether the last {@link #pump(long)} sent all that the peer's windows let
	 * it, and had more: nothing goes on before the peer has taken in what it gets now.
	 * @return whether content waits for the peer's credit
	 */
	public boolean awaitsCredit() {
		return hasRoom() && !this.uploads.isEmpty();
	}

	private int sendSome(ProtocolStream stream, long now) {
		OutgoingContent content = stream.content();
		if (content == null || stream.isContentOver()) {
			return DONE;
		}
		// The order matters: content that is complete now cannot grow afterwards.
		boolean complete = content.isComplete();
		int ready = content.readyOctets();
		if (ready == 0 && complete) {
			finish(stream, content, true);
			return DONE;
		}
		int frame = this.uploads.most(frame());
		if (!complete && !content.isReleased()) {
			// The last octets wait for more, or for the end: see SourcePause.
			int full = Math.min(frame, UploadOrder.FRAME);
			ready = (ready - 1) / full * full;
		}
		if (ready <= 0) {
			return DONE;
		}
		long window = Math.min(stream.sendWindow().available(this.peer.initialWindowSize()), connectionWindow());
		int length = (int) Math.min(Math.min(ready, frame), window);
		if (length < ready && length > CRUMB && window > length && window - length < CRUMB) {
			length = (int) window - CRUMB;
		}
		length = Math.min(length, this.out.remaining() - FrameWriter.FRAME_HEADER_SIZE);
		if (length <= 0) {
			return 0;
		}
		int start = this.out.position();
		this.out.position(start + FrameWriter.FRAME_HEADER_SIZE);
		if (!content.copy(this.out, length)) {
			this.out.position(start);
			return DONE;
		}
		int end = this.out.position();
		boolean last = complete && length == ready;
		boolean endStream = last && content.trailers().isEmpty();
		this.out.position(start);
		FrameWriter.dataHeader(this.out, stream.id(), length, endStream);
		this.out.position(end);
		stream.sendWindow().spend(length);
		this.connectionWindow.spend(length);
		this.dataSent = this.connectionWindow.sent();
		stream.sentAt(now);
		if (last) {
			finish(stream, content, false);
		}
		return length;
	}

	/**
	 * Ends the request: by its trailers, by an empty DATA frame, or it is ended already.
	 */
	private void finish(ProtocolStream stream, OutgoingContent content, boolean byFrame) {
		Headers trailers = content.trailers();
		if (!trailers.isEmpty()) {
			trailers(stream, trailers);
		}
		else if (byFrame) {
			FrameWriter.dataHeader(room(FrameWriter.FRAME_HEADER_SIZE), stream.id(), 0, true);
		}
		ended(stream, Input.SEND_END_STREAM);
	}

	// ---- what others may ask ----

	public PeerSettings peer() {
		return this.peer;
	}

	/**
	 * Returns what may be sent on the connection. Its initial size is fixed (RFC 9113
	 * section 6.9.2).
	 * @return octets
	 */
	public long connectionWindow() {
		return this.connectionWindow.available(PeerSettings.DEFAULT_INITIAL_WINDOW_SIZE);
	}

	/**
	 * Takes a WINDOW_UPDATE for the connection. For the loop.
	 * @param increment 1 to 2^31-1
	 * @return {@code false} if the window would grow too large
	 */
	public boolean grantConnection(int increment) {
		return this.connectionWindow.grant(increment, PeerSettings.DEFAULT_INITIAL_WINDOW_SIZE);
	}

	/**
	 * Returns the highest stream id that was used.
	 * @return an odd number, 0 if none was
	 */
	public int lastOpenedId() {
		return this.lastOpenedId;
	}

	public long dataSent() {
		return this.dataSent;
	}

	public int uploading() {
		return this.uploads.count();
	}

}
