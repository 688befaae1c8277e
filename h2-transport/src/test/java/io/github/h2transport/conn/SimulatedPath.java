package io.github.h2transport.conn;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.h2transport.testkit.peer.PeerFrame;

/**
 * A server behind a path that takes time and carries so many octets in a millisecond, on
 * a clock that moves when it is told to. The server answers each request with content
 * without end, as fast as the windows let it; what the path does not carry at once waits
 * in a queue before it, PING answers too.
 */
final class SimulatedPath {

	private static final Duration TICK = Duration.ofMillis(1);

	private static final int FRAME = 16_384;

	private final ScriptedPeer peer;

	private final int oneWayTicks;

	private final int octetsPerTick;

	private final Deque<Sent> toServer = new ArrayDeque<>();

	private final Deque<Sent> toClient = new ArrayDeque<>();

	private final Map<Integer, Long> windows = new HashMap<>();

	private final List<Long> pingTicks = new ArrayList<>();

	private final List<Reader> readers = new ArrayList<>();

	private final int streamWindow;

	private long connectionWindow;

	private long ticks;

	/** When the path is free again, in octets that it could have carried. */
	private long carried;

	private int updates;

	SimulatedPath(ScriptedPeer peer, Duration roundTrip, int octetsPerTick) {
		this.peer = peer;
		this.oneWayTicks = (int) roundTrip.toMillis() / 2;
		this.octetsPerTick = octetsPerTick;
		this.streamWindow = peer.resources().options().initialWindowSize();
		this.connectionWindow = peer.resources().options().connectionWindowSize();
	}

	/** Somebody who reads so many octets in a millisecond, or all there is. */
	Reader call(int octetsPerTick) throws Exception {
		Reader reader = new Reader(this.peer.call(ScriptedPeer.get("/endless")), octetsPerTick);
		this.readers.add(reader);
		return reader;
	}

	SimulatedPath run(Duration time) throws Exception {
		for (long end = this.ticks + time.toMillis(); this.ticks < end; this.ticks++) {
			tick();
		}
		return this;
	}

	private void tick() throws Exception {
		this.peer.advance(TICK);
		List<PeerFrame> arrived = due(this.toClient);
		if (!arrived.isEmpty()) {
			this.peer.send(arrived.toArray(PeerFrame[]::new));
		}
		for (Reader reader : this.readers) {
			reader.read();
		}
		for (PeerFrame frame : this.peer.rest()) {
			this.toServer.add(new Sent(frame, this.ticks + this.oneWayTicks));
		}
		for (PeerFrame frame : due(this.toServer)) {
			serve(frame);
		}
		for (int id : List.copyOf(this.windows.keySet())) {
			sendContent(id);
		}
	}

	private List<PeerFrame> due(Deque<Sent> frames) {
		List<PeerFrame> due = new ArrayList<>();
		while (!frames.isEmpty() && frames.element().arrives <= this.ticks) {
			due.add(frames.remove().frame);
		}
		return due;
	}

	private void serve(PeerFrame frame) {
		switch (frame.type) {
			case HEADERS -> {
				this.windows.put(frame.streamId, (long) this.streamWindow);
				carry(PeerFrame.headers(frame.streamId).status(200));
			}
			case WINDOW_UPDATE -> {
				this.updates++;
				if (frame.streamId == 0) {
					this.connectionWindow += frame.value;
				}
				else {
					this.windows.computeIfPresent(frame.streamId, (id, window) -> window + frame.value);
				}
			}
			case PING -> {
				this.pingTicks.add(this.ticks);
				carry(PeerFrame.pingAck(frame.value));
			}
			case RST_STREAM -> this.windows.remove(frame.streamId);
			default -> {
			}
		}
	}

	private void sendContent(int id) {
		for (;;) {
			long window = this.windows.get(id);
			int length = (int) Math.min(FRAME, Math.min(window, this.connectionWindow));
			if (length <= 0) {
				return;
			}
			this.windows.put(id, window - length);
			this.connectionWindow -= length;
			carry(PeerFrame.data(id, length));
		}
	}

	private void carry(PeerFrame frame) {
		this.carried = Math.max(this.carried, this.ticks * this.octetsPerTick) + frame.length();
		this.toClient.add(new Sent(frame, this.carried / this.octetsPerTick + this.oneWayTicks));
	}

	/** When PINGs arrived, in milliseconds from the start. */
	List<Long> pings() {
		return this.pingTicks;
	}

	/** How many WINDOW_UPDATEs arrived. */
	int updates() {
		return this.updates;
	}

	/** How long a path takes from the start until so many octets have been read. */
	Duration timeFor(Reader reader, long octets) throws Exception {
		long start = this.ticks;
		while (reader.octets < octets) {
			run(TICK);
		}
		return TICK.multipliedBy(this.ticks - start);
	}

	private record Sent(PeerFrame frame, long arrives) {
	}

	/** Reads a response. */
	static final class Reader {

		private final Exchange call;

		private final byte[] some = new byte[64 * 1024];

		private int octetsPerTick;

		private long octets;

		private Reader(Exchange call, int octetsPerTick) {
			this.call = call;
			this.octetsPerTick = octetsPerTick;
		}

		private void read() throws Exception {
			InputStream body = this.call.body();
			int left = this.octetsPerTick;
			while (left > 0 && body.available() > 0) {
				int length = body.read(this.some, 0, Math.min(left, Math.min(this.some.length, body.available())));
				left -= length;
				this.octets += length;
			}
		}

		void octetsPerTick(int newRate) {
			this.octetsPerTick = newRate;
		}

		long octets() {
			return this.octets;
		}

		ClientStream stream() {
			return this.call.stream();
		}

		long window() {
			return stream().receiveWindow().size();
		}

		long buffered() {
			return stream().receiveWindow().outstanding();
		}

	}

}
