package io.github.h2transport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.FrameHandler;
import io.github.h2transport.frame.FrameReader;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.HpackDecoder;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.HpackException;
import io.github.h2transport.hpack.OctetSink;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one HTTP/2 connection over blocking streams, for scripts that are
 * read from top to bottom. SETTINGS and PING are answered by themselves, received DATA is
 * credited at once. Confined to one thread.
 */
public final class Conversation {

	/** RFC 9113 section 6.9.2, until the client's SETTINGS say otherwise. */
	private static final int DEFAULT_WINDOW = 65_535;

	private static final int FRAME_SIZE = Settings.LEAST_MAX_FRAME_SIZE;

	private final InputStream in;

	private final OutputStream out;

	private final Queue<Frame> arrived = new ArrayDeque<>();

	private final FrameReader reader = new FrameReader(FRAME_SIZE, new Recorder());

	private final HpackDecoder decoder = new HpackDecoder(4096);

	private final HpackEncoder encoder = new HpackEncoder(4096);

	private final byte[] octets = new byte[FRAME_SIZE];

	private final Map<Integer, Long> streamWindows = new HashMap<>();

	private long initialWindow = DEFAULT_WINDOW;

	private long connectionWindow = DEFAULT_WINDOW;

	Conversation(InputStream in, OutputStream out) {
		this.in = in;
		this.out = out;
	}

	/**
	 * Exchanges the connection preface (RFC 9113 section 3.4): our SETTINGS go out first.
	 * @param settings what the server announces
	 * @throws IOException if the client does not speak HTTP/2
	 */
	public void greet(Settings settings) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(FrameWriter.settingsSize(settings));
		FrameWriter.settings(frame, settings);
		send(frame);
		if (this.in.readNBytes(FrameWriter.PREFACE_SIZE).length < FrameWriter.PREFACE_SIZE) {
			throw new EOFException("no connection preface");
		}
	}

	/**
	 * Waits for the next frame.
	 * @return the frame, {@code null} at the end of the connection
	 * @throws IOException if the connection breaks, or the client breaks a rule
	 */
	public @Nullable Frame next() throws IOException {
		while (this.arrived.isEmpty()) {
			if (!receive()) {
				return null;
			}
		}
		return this.arrived.poll();
	}

	/**
	 * Waits for a frame of a type and drops those before it.
	 * @param type the RFC's name, such as {@code HEADERS}
	 * @return the frame
	 * @throws IOException if the connection ends before
	 */
	public Frame expect(String type) throws IOException {
		for (Frame frame = next(); frame != null; frame = next()) {
			if (frame.type().equals(type)) {
				return frame;
			}
		}
		throw new EOFException("the client ended the connection without " + type);
	}

	/**
	 * Waits for frames of some types, in any order, and drops all others.
	 * @param types the RFC's names
	 * @return the first frame of each type
	 * @throws IOException if the connection ends before
	 */
	public Map<String, Frame> expectAll(String... types) throws IOException {
		Set<String> wanted = Set.of(types);
		Map<String, Frame> found = new HashMap<>();
		while (found.size() < wanted.size()) {
			Frame frame = next();
			if (frame == null) {
				throw new EOFException("the client ended the connection, having sent only " + found.keySet());
			}
			if (wanted.contains(frame.type())) {
				found.putIfAbsent(frame.type(), frame);
			}
		}
		return found;
	}

	/**
	 * Sends the head of a response.
	 * @param streamId the stream
	 * @param status the status code
	 * @param endStream whether there is no content
	 * @throws IOException if the connection breaks
	 */
	public void head(int streamId, int status, boolean endStream) throws IOException {
		head(streamId, Headers.of(":status", Integer.toString(status)), endStream);
	}

	/**
	 * Sends a header section as it stands.
	 * @param streamId the stream
	 * @param fields all fields, pseudo-fields first
	 * @param endStream whether there is no content
	 * @throws IOException if the connection breaks
	 */
	public void head(int streamId, Headers fields, boolean endStream) throws IOException {
		OctetSink block = new OctetSink(64);
		this.encoder.beginBlock(block);
		for (int i = 0; i < fields.size(); i++) {
			this.encoder.encode(fields.name(i), fields.value(i), false, block);
		}
		ByteBuffer frame = ByteBuffer.allocate(FrameWriter.headersSize(block.length(), FRAME_SIZE));
		FrameWriter.headers(frame, streamId, block.array(), 0, block.length(), FRAME_SIZE, endStream);
		send(frame);
	}

	/**
	 * Sends content as far and as fast as the client's windows allow.
	 * @param streamId the stream
	 * @param content all of it
	 * @param from where to begin
	 * @param to where to end
	 * @param endStream whether the response ends with it
	 * @throws IOException if the connection breaks
	 */
	public void data(int streamId, byte[] content, int from, int to, boolean endStream) throws IOException {
		int sent = from;
		do {
			long window = Math.min(this.connectionWindow,
					this.initialWindow + this.streamWindows.getOrDefault(streamId, 0L));
			int length = (int) Math.min(Math.min(window, FRAME_SIZE), to - sent);
			if (length <= 0 && to > sent) {
				if (!receive()) {
					throw new EOFException("the client ended the connection instead of giving credit");
				}
				continue;
			}
			ByteBuffer frame = ByteBuffer.allocate(FrameWriter.FRAME_HEADER_SIZE + length);
			FrameWriter.dataHeader(frame, streamId, length, endStream && sent + length == to);
			send(frame.put(content, sent, length));
			sent += length;
			this.connectionWindow -= length;
			this.streamWindows.merge(streamId, (long) -length, Long::sum);
		}
		while (sent < to);
	}

	/**
	 * Sends a whole response.
	 * @param streamId the stream
	 * @param content its content
	 * @throws IOException if the connection breaks
	 */
	public void respond(int streamId, byte[] content) throws IOException {
		head(streamId, 200, false);
		data(streamId, content, 0, content.length, true);
	}

	/**
	 * Lets the client send more than it may at first.
	 * @param streamId the stream, 0 for the connection
	 * @param increment octets of credit, 1 or more
	 * @throws IOException if the connection breaks
	 */
	public void credit(int streamId, int increment) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(FrameWriter.WINDOW_UPDATE_SIZE);
		FrameWriter.windowUpdate(frame, streamId, increment);
		send(frame);
	}

	public void goAway(int lastStreamId, ErrorCode code) throws IOException {
		ByteBuffer frame = ByteBuffer.allocate(FrameWriter.goAwaySize(0));
		FrameWriter.goAway(frame, lastStreamId, code, new byte[0]);
		send(frame);
	}

	/**
	 * Answers requests until the client ends the connection: {@code /bytes/N} with
	 * {@link Content#ofSize}, and everything else with the digest of what came.
	 * @throws IOException if the connection breaks
	 */
	public void serve() throws IOException {
		Map<Integer, String> paths = new HashMap<>();
		Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
		for (Frame frame = next(); frame != null; frame = next()) {
			int id = frame.streamId();
			if (frame.type().equals("HEADERS")) {
				paths.put(id, frame.fields().get(":path"));
				bodies.put(id, new ByteArrayOutputStream());
			}
			else if (frame.type().equals("DATA")) {
				bodies.get(id).writeBytes(frame.octets());
			}
			if (frame.endStream()) {
				respond(id, answer(paths.remove(id), bodies.remove(id).toByteArray()));
			}
		}
	}

	private static byte[] answer(String path, byte[] received) {
		if (path.startsWith("/bytes/")) {
			return Content.ofSize(Integer.parseInt(path.substring("/bytes/".length())));
		}
		return Content.sha256(received).getBytes();
	}

	private void send(ByteBuffer frame) throws IOException {
		this.out.write(frame.array(), 0, frame.position());
		this.out.flush();
	}

	/** Returns false at the end of the client's octets. */
	private boolean receive() throws IOException {
		int length = this.in.read(this.octets);
		if (length < 0) {
			return false;
		}
		try {
			this.reader.read(ByteBuffer.wrap(this.octets, 0, length));
		}
		catch (ConnectionError ex) {
			throw new IOException("the client breaks a rule: " + ex.getMessage(), ex);
		}
		return true;
	}

	private void answer(ByteBuffer frame) throws ConnectionError {
		try {
			send(frame);
		}
		catch (IOException ex) {
			throw new ConnectionError(ErrorCode.INTERNAL_ERROR, "cannot answer: " + ex);
		}
	}

	/** Turns the reader's calls into frames. */
	private final class Recorder implements FrameHandler {

		private final ByteArrayOutputStream block = new ByteArrayOutputStream();

		private boolean endStream;

		@Override
		public void dataStart(int streamId, int flowControlledLength, boolean endStream) throws ConnectionError {
			if (flowControlledLength > 0) {
				ByteBuffer credit = ByteBuffer.allocate(2 * FrameWriter.WINDOW_UPDATE_SIZE);
				FrameWriter.windowUpdate(credit, 0, flowControlledLength);
				FrameWriter.windowUpdate(credit, streamId, flowControlledLength);
				answer(credit);
			}
		}

		@Override
		public void dataPiece(int streamId, ByteBuffer piece) {
			add("DATA", streamId, false, Map.of(), octets(piece), ErrorCode.NO_ERROR);
		}

		@Override
		public void dataEnd(int streamId, boolean endStream) {
			add("DATA", streamId, endStream, Map.of(), new byte[0], ErrorCode.NO_ERROR);
		}

		@Override
		public void headers(int streamId, ByteBuffer fragment, boolean endStream, boolean endHeaders)
				throws ConnectionError {
			this.block.reset();
			this.endStream = endStream;
			continuation(streamId, fragment, endHeaders);
		}

		@Override
		public void continuation(int streamId, ByteBuffer fragment, boolean endHeaders) throws ConnectionError {
			this.block.writeBytes(octets(fragment));
			if (!endHeaders) {
				return;
			}
			Map<String, String> fields = new LinkedHashMap<>();
			try {
				Conversation.this.decoder.decode(ByteBuffer.wrap(this.block.toByteArray()),
						(name, value, sensitive) -> fields.put(name, value));
			}
			catch (HpackException ex) {
				throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, ex.getMessage());
			}
			add("HEADERS", streamId, this.endStream, fields, new byte[0], ErrorCode.NO_ERROR);
		}

		@Override
		public void priority(int streamId) {
			add("PRIORITY", streamId, false, Map.of(), new byte[0], ErrorCode.NO_ERROR);
		}

		@Override
		public void rstStream(int streamId, ErrorCode code) {
			add("RST_STREAM", streamId, true, Map.of(), new byte[0], code);
		}

		@Override
		public void settings(Settings settings) throws ConnectionError {
			Conversation.this.initialWindow = settings.get(Settings.INITIAL_WINDOW_SIZE,
					Conversation.this.initialWindow);
			ByteBuffer ack = ByteBuffer.allocate(FrameWriter.SETTINGS_ACK_SIZE);
			FrameWriter.settingsAck(ack);
			answer(ack);
			Conversation.this.arrived.add(Frame.of("SETTINGS", 0));
		}

		@Override
		public void settingsAck() {
			Conversation.this.arrived.add(Frame.of("SETTINGS ACK", 0));
		}

		@Override
		public void pushPromise(int streamId, int promisedStreamId) throws ConnectionError {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "a client cannot push");
		}

		@Override
		public void ping(long opaqueData, boolean ack) throws ConnectionError {
			if (!ack) {
				ByteBuffer pong = ByteBuffer.allocate(FrameWriter.PING_SIZE);
				FrameWriter.ping(pong, opaqueData, true);
				answer(pong);
			}
			Conversation.this.arrived.add(Frame.of(ack ? "PING ACK" : "PING", 0));
		}

		@Override
		public void goAway(int lastStreamId, ErrorCode code, ByteBuffer debugData) {
			add("GOAWAY", 0, false, Map.of(), octets(debugData), code);
		}

		@Override
		public void windowUpdate(int streamId, int increment) {
			if (streamId == 0) {
				Conversation.this.connectionWindow += increment;
			}
			else {
				Conversation.this.streamWindows.merge(streamId, (long) increment, Long::sum);
			}
		}

		@Override
		public void unknown(int type, int streamId, int length) {
			Conversation.this.arrived.add(Frame.of("unknown", streamId));
		}

		@Override
		public void streamError(int streamId, ErrorCode code, String message) throws ConnectionError {
			throw new ConnectionError(code, message);
		}

		private void add(String type, int streamId, boolean end, Map<String, String> fields, byte[] octets,
				ErrorCode code) {
			Conversation.this.arrived.add(new Frame(type, streamId, end, fields, octets, code));
		}

		private static byte[] octets(ByteBuffer piece) {
			byte[] copy = new byte[piece.remaining()];
			piece.get(copy);
			return copy;
		}

	}

}
