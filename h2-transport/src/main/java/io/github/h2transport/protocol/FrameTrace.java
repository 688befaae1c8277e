package io.github.h2transport.protocol;

import io.github.h2transport.Headers;
import io.github.h2transport.frame.FrameHeaderListener;
import io.github.h2transport.frame.FrameLog;
import io.github.h2transport.frame.FrameRing;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.hpack.FieldSink;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of the frames of one direction: always the last few as numbers, and a
 * line for each while the frame log is on. Costs one look at a field for each frame while
 * it is off. Owned by the connection's loop.
 */
public final class FrameTrace implements FrameHeaderListener {

	/** A line stays readable; no honest field block has many more. */
	static final int MAX_FIELDS_SHOWN = 40;

	private final Direction direction;

	private final FrameLines lines;

	private final FrameRing ring = new FrameRing();

	// All below: owned as the class is.

	private long nowNanos;

	/** Whether lines are wanted for the present batch. */
	private boolean logged;

	/** The line of the latest frame, which its payload may add to. */
	private @Nullable StringBuilder line;

	/** The fields that the line names so far. */
	private int fields;

	private FrameTrace(Direction direction, FrameLines lines) {
		this.direction = direction;
		this.lines = lines;
	}

	/**
	 * Notes what we send.
	 * @param lines where lines go
	 * @return an empty trace
	 */
	public static FrameTrace ofSent(FrameLines lines) {
		return new FrameTrace(Direction.SENT, lines);
	}

	/**
	 * Notes what the peer sends.
	 * @param lines where lines go
	 * @return an empty trace
	 */
	public static FrameTrace ofReceived(FrameLines lines) {
		return new FrameTrace(Direction.RECEIVED, lines);
	}

	/**
	 * Returns the last frames. Any thread may copy them.
	 * @return always the same
	 */
	public FrameRing ring() {
		return this.ring;
	}

	/** Begins a batch of frames: decides whether lines are made for it. */
	void begin() {
		this.logged = this.lines.isOn();
	}

	void time(long now) {
		this.nowNanos = now;
	}

	/** Whether lines are made at present. */
	boolean isLogged() {
		return this.logged;
	}

	@Override
	public void frameHeader(int length, int type, int flags, int streamId) {
		this.ring.add(this.nowNanos, length, type, flags, streamId);
		if (this.logged || this.line != null) {
			nextLine(length, type, flags, streamId);
		}
	}

	private void nextLine(int length, int type, int flags, int streamId) {
		endLine();
		if (this.logged) {
			this.line = new StringBuilder(this.direction.line(length, type, flags, streamId));
			if (!isExplained(type)) {
				endLine();
			}
		}
	}

	/** Whether a line waits for the payload, which may arrive later. */
	private static boolean isExplained(int type) {
		return switch (type) {
			case FrameType.HEADERS, FrameType.CONTINUATION, FrameType.RST_STREAM, FrameType.SETTINGS, FrameType.PING,
					FrameType.GOAWAY, FrameType.WINDOW_UPDATE ->
				true;
			default -> false;
		};
	}

	/** Adds what the payload of the latest frame says, see {@link FrameLog#detail}. */
	void detail(int type, long detail) {
		this.ring.detail(detail);
		if (this.line != null) {
			this.line.append(' ').append(FrameLog.detail(type, detail));
		}
	}

	/** Adds the values of a SETTINGS frame. */
	void settings(Settings settings) {
		if (this.line != null && settings.size() > 0) {
			this.line.append(' ').append(FrameLog.settings(settings));
		}
	}

	/** Adds a text that is escaped and bounded already. */
	void text(String text) {
		if (this.line != null && !text.isEmpty()) {
			this.line.append(' ').append(text);
		}
	}

	/** Returns a sink that also shows the fields, if the latest frame has a line. */
	FieldSink shown(FieldSink sink) {
		if (this.line == null) {
			return sink;
		}
		this.fields = 0;
		return (name, value, sensitive) -> {
			field(name, value);
			sink.field(name, value, sensitive);
		};
	}

	/** Adds all fields of a block. */
	void fields(Headers headers) {
		this.fields = 0;
		for (int i = 0; i < headers.size(); i++) {
			field(headers.name(i), headers.value(i));
		}
	}

	/**
	 * Adds a field. Values are secrets, but for what tells one request from another; a
	 * query may be one too.
	 */
	private void field(String name, String value) {
		StringBuilder out = this.line;
		if (out == null || ++this.fields > MAX_FIELDS_SHOWN) {
			return;
		}
		out.append(' ').append(Excerpt.unquoted(name)).append('=');
		switch (name) {
			case ":method", ":status", ":scheme" -> out.append(Excerpt.unquoted(value));
			case ":path" -> {
				int query = value.indexOf('?');
				out.append(Excerpt.unquoted((query >= 0) ? value.substring(0, query) : value));
				out.append((query >= 0) ? "?***" : "");
			}
			default -> out.append("***");
		}
	}

	/** Hands the latest line over, if there is one. */
	void endLine() {
		StringBuilder ended = this.line;
		if (ended != null) {
			if (this.fields > MAX_FIELDS_SHOWN) {
				ended.append(" (and ").append(this.fields - MAX_FIELDS_SHOWN).append(" more fields)");
			}
			this.fields = 0;
			this.line = null;
			this.lines.add(ended.toString());
		}
	}

	/** Which way frames go. */
	private enum Direction {

		SENT {

			@Override
			String line(int length, int type, int flags, int streamId) {
				return FrameLog.sent(length, type, flags, streamId);
			}

		},

		RECEIVED {

			@Override
			String line(int length, int type, int flags, int streamId) {
				return FrameLog.received(length, type, flags, streamId);
			}

		};

		abstract String line(int length, int type, int flags, int streamId);

	}

}
