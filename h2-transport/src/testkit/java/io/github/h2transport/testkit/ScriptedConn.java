package io.github.h2transport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.FrameReader;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.OctetSink;

/**
 * The server's end of one cleartext connection, played by the test: it says frame by
 * frame what the server does and waits for what the client does. Nothing is answered by
 * itself, except where a method says so. Reading is for one thread; the socket is read
 * only while a method waits, so a server that does not read is easy to play. Sending is
 * thread-safe.
 */
public final class ScriptedConn implements AutoCloseable {

	/** A test that waits longer has failed. */
	private static final int PATIENCE_MILLIS = 20_000;

	private static final int FRAME_SIZE = 16_384;

	private static final int TABLE_SIZE = 4096;

	private final Socket socket;

	private final InputStream in;

	private final Object sending = new Object();

	// Owned by the thread that reads.

	private final Deque<ClientFrame> inbox = new ArrayDeque<>();

	private final FrameReader reader = new FrameReader(FRAME_SIZE, new ClientFrameReader(this.inbox, TABLE_SIZE));

	private final byte[] buffer = new byte[64 * 1024];

	private boolean ended;

	private long barriers;

	// Guarded by the lock for sending.

	private final HpackEncoder encoder = new HpackEncoder(TABLE_SIZE);

	ScriptedConn(Socket socket) {
		this.socket = socket;
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(PATIENCE_MILLIS);
			this.in = socket.getInputStream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// ---- the preface ----

	/**
	 * Reads the client's preface with its SETTINGS, and sends the server's (RFC 9113
	 * section 3.4).
	 * @param settings the server's
	 * @return this
	 */
	public ScriptedConn greet(Settings settings) {
		awaitPreface();
		return settings(settings);
	}

	/**
	 * Reads the client's preface up to its SETTINGS, and sends nothing.
	 * @return the client's settings
	 */
	public Settings awaitPreface() {
		ByteBuffer expected = ByteBuffer.allocate(FrameWriter.PREFACE_SIZE);
		FrameWriter.preface(expected);
		try {
			byte[] found = this.in.readNBytes(FrameWriter.PREFACE_SIZE);
			expected.flip();
			if (found.length < expected.limit() && ByteBuffer.wrap(found).equals(expected.slice(0, found.length))) {
				throw new EarlyEnd("The client ended after " + found.length + " octets of its preface");
			}
			if (!ByteBuffer.wrap(found).equals(expected)) {
				throw new AssertionError("The client began with " + new String(found, StandardCharsets.ISO_8859_1));
			}
		}
		catch (IOException ex) {
			throw new EarlyEnd("There came no client preface: " + ex);
		}
		return await(ClientFrame.SettingsSent.class).settings();
	}

	// ---- what the client does ----

	/**
	 * Waits for the next frame of a kind. Frames of other kinds stay for later calls.
	 * @param type the kind
	 * @return the frame
	 */
	public <T extends ClientFrame> T await(Class<T> type) {
		return await(type, (frame) -> true);
	}

	/**
	 * Waits for the next frame that fits. Others stay for later calls.
	 * @param type the kind of frame
	 * @param fits tells whether it is meant
	 * @return the frame
	 */
	public <T extends ClientFrame> T await(Class<T> type, Predicate<? super T> fits) {
		List<ClientFrame> others = new ArrayList<>();
		try {
			for (;;) {
				ClientFrame frame = next();
				if (type.isInstance(frame) && fits.test(type.cast(frame))) {
					return type.cast(frame);
				}
				others.add(frame);
				if (frame instanceof ClientFrame.End) {
					throw new EarlyEnd("The client ended before " + type.getSimpleName() + ": " + others);
				}
			}
		}
		finally {
			for (int i = others.size() - 1; i >= 0; i--) {
				this.inbox.addFirst(others.get(i));
			}
		}
	}

	/**
	 * Waits for the header section of the next request.
	 * @return the head
	 */
	public ClientFrame.Head awaitHead() {
		return await(ClientFrame.Head.class);
	}

	/**
	 * Waits for the content of a request up to its END_STREAM, within the windows that
	 * the client has: no credit is given.
	 * @param streamId the stream
	 * @return the content
	 */
	public byte[] awaitContent(int streamId) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		boolean end = false;
		while (!end) {
			ClientFrame.Data data = await(ClientFrame.Data.class, (frame) -> frame.streamId() == streamId);
			content.writeBytes(data.octets());
			end = data.endStream();
		}
		return content.toByteArray();
	}

	/**
	 * Waits for the RST_STREAM of a stream.
	 * @param streamId the stream
	 * @return its code
	 */
	public ErrorCode awaitReset(int streamId) {
		return await(ClientFrame.RstStream.class, (frame) -> frame.streamId() == streamId).code();
	}

	/**
	 * Waits for the end of the client's octets.
	 */
	public void awaitEnd() {
		await(ClientFrame.End.class);
	}

	/**
	 * Sends a PING and waits for its answer: by then the client has seen all that was
	 * sent before, and everything that it had queued until then has arrived. Answers
	 * nothing.
	 * @return the frames that no other call has taken, without the PING's answer; they
	 * stay for later calls
	 */
	public List<ClientFrame> barrier() {
		long number = ++this.barriers;
		send((out) -> FrameWriter.ping(out, number, false));
		await(ClientFrame.Ping.class, (ping) -> ping.ack() && ping.opaqueData() == number);
		return List.copyOf(this.inbox);
	}

	/**
	 * Returns the next frame of any kind.
	 * @return the frame; at the end always {@link ClientFrame.End}
	 */
	public ClientFrame next() {
		ClientFrame frame = this.inbox.poll();
		while (frame == null) {
			read();
			frame = this.inbox.poll();
		}
		return frame;
	}

	private void read() {
		if (this.ended) {
			this.inbox.add(new ClientFrame.End("already"));
			return;
		}
		try {
			int length = this.in.read(this.buffer);
			if (length < 0) {
				this.ended = true;
				this.inbox.add(new ClientFrame.End("end of file"));
			}
			else {
				this.reader.read(ByteBuffer.wrap(this.buffer, 0, length));
			}
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("The client sent nothing for " + PATIENCE_MILLIS + " ms", ex);
		}
		catch (ConnectionError ex) {
			throw new AssertionError("The client broke a rule: " + ex.getMessage(), ex);
		}
		catch (IOException ex) {
			this.ended = true;
			this.inbox.add(new ClientFrame.End(String.valueOf(ex.getMessage())));
		}
	}

	// ---- what the server does ----

	public ScriptedConn settings(Settings settings) {
		return send((out) -> FrameWriter.settings(out, settings));
	}

	/**
	 * Sends SETTINGS with one value.
	 * @param id one of the constants of {@link Settings}
	 * @param value its value
	 * @return this
	 */
	public ScriptedConn settings(int id, long value) {
		return settings(Settings.builder().set(id, value).build());
	}

	public ScriptedConn settingsAck() {
		return send(FrameWriter::settingsAck);
	}

	/**
	 * Sends a response without content.
	 * @param streamId the stream
	 * @param status the status code
	 * @param fields alternating names and values
	 * @return this
	 */
	public ScriptedConn respond(int streamId, int status, String... fields) {
		return headers(streamId, status, true, fields);
	}

	/**
	 * Sends the head of a response whose content follows.
	 * @param streamId the stream
	 * @param status the status code
	 * @param fields alternating names and values
	 * @return this
	 */
	public ScriptedConn respondHead(int streamId, int status, String... fields) {
		return headers(streamId, status, false, fields);
	}

	private ScriptedConn headers(int streamId, int status, boolean endStream, String... fields) {
		return send((out) -> {
			OctetSink block = new OctetSink(512);
			this.encoder.beginBlock(block);
			this.encoder.encode(":status", String.valueOf(status), false, block);
			for (int i = 0; i < fields.length; i += 2) {
				this.encoder.encode(fields[i], fields[i + 1], false, block);
			}
			FrameWriter.headers(out, streamId, block.array(), 0, block.length(), FRAME_SIZE, endStream);
		});
	}

	public ScriptedConn data(int streamId, byte[] content) {
		return data(streamId, content, 0, content.length, false);
	}

	/**
	 * Sends content that ends the response.
	 * @param streamId the stream
	 * @param content at most 16,384 octets
	 * @return this
	 */
	public ScriptedConn lastData(int streamId, byte[] content) {
		return data(streamId, content, 0, content.length, true);
	}

	ScriptedConn data(int streamId, byte[] content, int offset, int length, boolean endStream) {
		return send((out) -> {
			FrameWriter.dataHeader(out, streamId, length, endStream);
			out.put(content, offset, length);
		});
	}

	public ScriptedConn rstStream(int streamId, ErrorCode code) {
		return send((out) -> FrameWriter.rstStream(out, streamId, code));
	}

	public ScriptedConn goAway(int lastStreamId, ErrorCode code, String debug) {
		byte[] text = debug.getBytes(StandardCharsets.US_ASCII);
		return send((out) -> FrameWriter.goAway(out, lastStreamId, code, text));
	}

	/**
	 * Answers a PING of the client.
	 * @param ping the client's frame
	 * @return this
	 */
	public ScriptedConn pong(ClientFrame.Ping ping) {
		return send((out) -> FrameWriter.ping(out, ping.opaqueData(), true));
	}

	public ScriptedConn windowUpdate(int streamId, int increment) {
		return send((out) -> FrameWriter.windowUpdate(out, streamId, increment));
	}

	/**
	 * Sends octets that need not be frames.
	 * @param octets any
	 * @return this
	 */
	public ScriptedConn raw(byte[] octets) {
		return send((out) -> out.put(octets));
	}

	private ScriptedConn send(FrameSource frame) {
		synchronized (this.sending) {
			ByteBuffer out = ByteBuffer.allocate(64 * 1024);
			frame.writeTo(out);
			try {
				this.socket.getOutputStream().write(out.array(), 0, out.position());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return this;
	}

	/** Closes the socket; with unread input this resets the connection. */
	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Resets the TCP connection: what was sent may be lost, nothing more is read. */
	public void reset() {
		try {
			this.socket.setSoLinger(true, 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		close();
	}

	private interface FrameSource {

		void writeTo(ByteBuffer out);

	}

	/** The client, or the path to it, is gone before what was awaited came. */
	static final class EarlyEnd extends AssertionError {

		private static final long serialVersionUID = 1L;

		EarlyEnd(String message) {
			super(message);
		}

	}

}
