package io.github.h2transport.conn;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.protocol.ReceiveWindow;
import io.github.h2transport.testkit.peer.PeerFrame;

/**
 * The windows of a connection as its peer sees them, kept from the frames on the wire
 * alone: what RFC 9113 section 6.9 lets the peer send, and what it has let the client
 * send. Whatever the client says is entered here; {@link #agrees()} then compares both
 * books.
 */
final class WindowLedger {

	/** RFC 9113 section 6.9.2. */
	private static final long INITIAL = 65_535;

	/** Servers such as Tomcat take smaller ones for an attack. */
	private static final int LEAST_UPDATE = 1024;

	private final ScriptedPeer peer;

	private final Random random;

	private final long streamStart;

	private final Map<Integer, Row> rows = new LinkedHashMap<>();

	/** What the peer may send, and what the client may. */
	private long toClient;

	private long toServer = INITIAL;

	private long settingsOfPeer = INITIAL;

	private final Deque<Long> unacknowledged = new ArrayDeque<>();

	private final Deque<Long> unanswered = new ArrayDeque<>();

	WindowLedger(ScriptedPeer peer, TransportOptions options, Random random) {
		this.peer = peer;
		this.random = random;
		this.streamStart = options.initialWindowSize();
		this.toClient = options.connectionWindowSize();
	}

	/** Enters what the client has sent meanwhile. */
	WindowLedger read() {
		for (PeerFrame frame : this.peer.rest()) {
			enter(frame);
		}
		return this;
	}

	private void enter(PeerFrame frame) {
		Row row = this.rows.get(frame.streamId);
		switch (frame.type) {
			case HEADERS -> {
				if (row == null) {
					row = new Row(frame.streamId, this.streamStart, this.settingsOfPeer);
					this.rows.put(row.id, row);
				}
				row.clientDone |= frame.endStream;
			}
			case DATA -> {
				check(row != null, "%s on a stream that was never opened", frame);
				this.toServer -= frame.length();
				row.toServer -= frame.length();
				row.clientDone |= frame.endStream;
				if (frame.length() > 0) {
					check(this.toServer >= 0, "%s leaves %s on the connection", frame, this.toServer);
					check(row.toServer >= 0, "%s leaves %s on the stream", frame, row.toServer);
				}
			}
			case RST_STREAM -> row.clientReset = true;
			case WINDOW_UPDATE -> {
				long increment = frame.value;
				check(increment >= LEAST_UPDATE, "A small %s", frame);
				if (row == null) {
					this.toClient += increment;
				}
				else {
					check(!row.clientReset, "%s after RST_STREAM", frame);
					row.toClient += increment;
				}
			}
			case PING -> this.unanswered.add(frame.value);
			case SETTINGS_ACK -> settingsAcknowledged();
			default -> {
			}
		}
	}

	// ---- what the peer sends ----

	/** How many octets of DATA are legal on a stream now. */
	long allowed(Row row) {
		return Math.min(this.toClient, row.toClient);
	}

	long allowedOnConnection() {
		return this.toClient;
	}

	/** Enters a DATA frame of the peer. */
	PeerFrame data(Row row, int length, int padding, boolean endStream) {
		this.toClient -= length + padding;
		row.toClient -= length + padding;
		PeerFrame frame = PeerFrame.data(row.id, length);
		if (padding > 0) {
			frame.padded(padding);
		}
		if (endStream) {
			row.peerDone = true;
			frame.endStream();
		}
		return frame;
	}

	/** The answers to all PINGs. */
	PeerFrame[] answers() {
		PeerFrame[] frames = this.unanswered.stream().map(PeerFrame::pingAck).toArray(PeerFrame[]::new);
		this.unanswered.clear();
		return frames;
	}

	PeerFrame credit(int streamId, int increment) {
		if (streamId == 0) {
			this.toServer += increment;
		}
		else {
			this.rows.get(streamId).toServer += increment;
		}
		return PeerFrame.windowUpdate(streamId, increment);
	}

	/** RFC 9113 section 6.9.2: moves every stream's window, below zero if it must. */
	PeerFrame settings(int initialWindowSize) {
		this.unacknowledged.add((long) initialWindowSize);
		return PeerFrame.settings(Settings.INITIAL_WINDOW_SIZE, initialWindowSize);
	}

	/** RFC 9113 section 6.5.3: what the client sent before its ACK did not know of it. */
	private void settingsAcknowledged() {
		Long initialWindowSize = this.unacknowledged.poll();
		if (initialWindowSize != null) {
			for (Row row : this.rows.values()) {
				row.toServer += initialWindowSize - this.settingsOfPeer;
			}
			this.settingsOfPeer = initialWindowSize;
		}
	}

	// ---- what both books say ----

	/** A stream that suits, {@code null} if there is none. */
	Row any(Predicate<Row> suits) {
		Row[] all = this.rows.values().stream().filter(suits).toArray(Row[]::new);
		return (all.length > 0) ? all[this.random.nextInt(all.length)] : null;
	}

	/** Compares both books, when nothing is on its way. */
	WindowLedger agrees() {
		agrees(this.peer.connection().receiveWindow(), this.toClient, "the connection");
		for (ClientStream stream : this.peer.connection().streams().all()) {
			Row row = this.rows.get(stream.id());
			if (row != null && !row.isOver()) {
				agrees(stream.receiveWindow(), row.toClient, "stream " + row.id);
			}
		}
		return this;
	}

	private static void agrees(ReceiveWindow window, long seenByPeer, String whose) {
		check(seenByPeer == window.available(), "The peer may send %s on %s, but we think %s", seenByPeer, whose,
				window.available());
		check(seenByPeer + window.outstanding() + window.pending() == window.size(),
				"The window of %s has %s, %s are not read and %s not announced, but all of it is %s", whose, seenByPeer,
				window.outstanding(), window.pending(), window.size());
		check(!window.isDue(), "Of %s octets of the window of %s %s were forgotten", window.size(), whose,
				window.pending());
	}

	/**
	 * Hundreds of thousands of times, so that words are made only when they are needed.
	 */
	private static void check(boolean condition, String message, Object... arguments) {
		if (!condition) {
			throw new AssertionError(String.format(message, arguments));
		}
	}

	/** A stream, as the peer knows it. */
	static final class Row {

		final int id;

		long toClient;

		long toServer;

		boolean headSent;

		boolean faulted;

		boolean clientDone;

		boolean clientReset;

		/** By END_STREAM or RST_STREAM: it may send no more. */
		boolean peerDone;

		Row(int id, long toClient, long toServer) {
			this.id = id;
			this.toClient = toClient;
			this.toServer = toServer;
		}

		boolean isOver() {
			return this.clientReset || this.peerDone;
		}

		boolean maySend() {
			return !this.peerDone;
		}

	}

}
