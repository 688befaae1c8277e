package io.github.h2transport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.Settings;

/**
 * A connection of a server that answers by itself: reads on a thread of its own, grants
 * credit for all it receives, obeys the client's windows, and refuses streams above its
 * limit (RFC 9113 section 5.1.2).
 */
final class ServedConn implements Runnable {

	private static final int INITIAL_WINDOW = 65_535;

	private static final int FRAME_SIZE = 16_384;

	private final ServedRequests server;

	private final ScriptedConn wire;

	private final int number;

	private final long limit;

	/** Owned by the reading thread. */
	private int resets;

	// Guarded by this.

	private final Map<Integer, Stream> open = new HashMap<>();

	private long connectionWindow = INITIAL_WINDOW;

	private long initialWindow = INITIAL_WINDOW;

	private boolean limitKnown;

	private boolean ended;

	ServedConn(ServedRequests server, ScriptedConn wire, int number) {
		this.server = server;
		this.wire = wire;
		this.number = number;
		this.limit = server.settings().get(Settings.MAX_CONCURRENT_STREAMS, Integer.MAX_VALUE);
	}

	int number() {
		return this.number;
	}

	@Override
	public void run() {
		try {
			Settings theirs = this.wire.awaitPreface();
			synchronized (this) {
				this.initialWindow = theirs.get(Settings.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
			}
			this.wire.settings(this.server.settings()).settingsAck();
			ClientFrame frame = this.wire.next();
			while (!(frame instanceof ClientFrame.End)) {
				received(frame);
				frame = this.wire.next();
			}
		}
		catch (UncheckedIOException | ScriptedConn.EarlyEnd ex) {
			// The client is gone.
		}
		catch (AssertionError ex) {
			if (!this.server.isClosed()) {
				this.server.violated(String.valueOf(ex.getMessage()));
			}
		}
		finally {
			synchronized (this) {
				this.ended = true;
				notifyAll();
			}
			this.wire.close();
		}
	}

	private void received(ClientFrame frame) {
		if (frame instanceof ClientFrame.Head head) {
			opened(head);
		}
		else if (frame instanceof ClientFrame.Data data) {
			received(data);
		}
		else if (frame instanceof ClientFrame.WindowUpdate update) {
			credited(update);
		}
		else if (frame instanceof ClientFrame.RstStream reset) {
			this.server.wasReset(++this.resets);
			forget(reset.streamId());
		}
		else if (frame instanceof ClientFrame.Ping ping && !ping.ack()) {
			this.wire.pong(ping);
		}
		else if (frame instanceof ClientFrame.SettingsAck) {
			synchronized (this) {
				this.limitKnown = true;
			}
		}
	}

	private void opened(ClientFrame.Head head) {
		Stream stream = new Stream(head.streamId(), head.fields(), new ByteArrayOutputStream());
		synchronized (this) {
			if (this.open.size() >= this.limit) {
				if (this.limitKnown) {
					this.server.violated("stream " + head.streamId() + " is one more than the limit of " + this.limit);
				}
				this.server.refused();
				this.wire.rstStream(head.streamId(), ErrorCode.REFUSED_STREAM);
				return;
			}
			stream.window = this.initialWindow;
			this.open.put(head.streamId(), stream);
			this.server.active(this.open.size());
		}
		if (head.endStream()) {
			dispatch(stream);
		}
	}

	private void received(ClientFrame.Data data) {
		if (data.octets().length > 0) {
			this.wire.windowUpdate(0, data.octets().length);
		}
		Stream stream;
		synchronized (this) {
			stream = this.open.get(data.streamId());
		}
		if (stream == null) {
			return;
		}
		stream.content.writeBytes(data.octets());
		if (data.endStream()) {
			dispatch(stream);
		}
		else if (data.octets().length > 0) {
			this.wire.windowUpdate(data.streamId(), data.octets().length);
		}
	}

	private void dispatch(Stream stream) {
		String declared = stream.fields.get("content-length");
		if (declared != null && Long.parseLong(declared) != stream.content.size()) {
			// RFC 9113 section 8.1.1
			this.server.violated("stream " + stream.id + " declares a content-length of " + declared + " and sends "
					+ stream.content.size() + " octets");
		}
		this.server.received();
		ServedExchange exchange = new ServedExchange(this, stream);
		this.server.execute(() -> this.server.handler().handle(exchange));
	}

	private synchronized void credited(ClientFrame.WindowUpdate update) {
		if (update.streamId() == 0) {
			this.connectionWindow += update.increment();
		}
		else {
			Stream stream = this.open.get(update.streamId());
			if (stream != null) {
				stream.window += update.increment();
			}
		}
		notifyAll();
	}

	void respond(Stream stream, int status, byte[] content, String[] fields) {
		if (content.length == 0) {
			if (forget(stream.id)) {
				this.wire.respond(stream.id, status, fields);
			}
			return;
		}
		String[] all = Arrays.copyOf(fields, fields.length + 2);
		all[fields.length] = "content-length";
		all[fields.length + 1] = String.valueOf(content.length);
		this.wire.respondHead(stream.id, status, all);
		int sent = 0;
		while (sent < content.length) {
			int length = take(stream, content.length - sent);
			if (length == 0) {
				return;
			}
			boolean last = sent + length == content.length;
			if (last && !forget(stream.id)) {
				return;
			}
			this.wire.data(stream.id, content, sent, length, last);
			sent += length;
		}
	}

	/** Waits for credit and spends it. */
	private synchronized int take(Stream stream, int wanted) {
		try {
			while (!this.ended && this.open.containsKey(stream.id)
					&& (this.connectionWindow <= 0 || stream.window <= 0)) {
				wait();
			}
		}
		catch (InterruptedException ex) {
			return 0;
		}
		if (this.ended || !this.open.containsKey(stream.id)) {
			return 0;
		}
		int length = (int) Math.min(Math.min(wanted, FRAME_SIZE), Math.min(this.connectionWindow, stream.window));
		this.connectionWindow -= length;
		stream.window -= length;
		return length;
	}

	void reset(Stream stream, ErrorCode code) {
		if (forget(stream.id)) {
			this.wire.rstStream(stream.id, code);
		}
	}

	/** Before the frame that ends it goes out: the client may open another at once. */
	private synchronized boolean forget(int streamId) {
		boolean known = this.open.remove(streamId) != null;
		notifyAll();
		return known;
	}

	/** A stream that the server works on. */
	static final class Stream {

		private final int id;

		private final Headers fields;

		private final ByteArrayOutputStream content;

		/** Guarded by the connection. */
		private long window;

		private Stream(int id, Headers fields, ByteArrayOutputStream content) {
			this.id = id;
			this.fields = fields;
			this.content = content;
		}

		Headers fields() {
			return this.fields;
		}

		ByteArrayOutputStream content() {
			return this.content;
		}

	}

}
