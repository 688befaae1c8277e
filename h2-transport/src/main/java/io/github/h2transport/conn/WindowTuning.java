package io.github.h2transport.conn;

import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.ReceiveWindow;
import io.github.h2transport.protocol.RoundTrips;
import io.github.h2transport.protocol.SendHalf;
import io.github.h2transport.protocol.WindowGrowth;

/**
 * Makes the receive windows of a connection's streams as large as the path needs, while
 * their readers keep up and the memory budget allows it. The larger window is announced
 * by the WINDOW_UPDATE that is due anyway: a SETTINGS_INITIAL_WINDOW_SIZE would raise the
 * windows of slow readers too (RFC 9113 section 6.9.2).
 */
final class WindowTuning {

	private final ClientConn connection;

	private final RoundTrips roundTrips = new RoundTrips();

	private final long initialSize;

	private final long maxSize;

	/** For so many small bodies after a large one the next large one is expected. */
	private static final int LARGE_EXPECTED = 8;

	/** Owned by the loop: what streams of this connection have reached. */
	private long learnt;

	/** Written by the loop: how many more bodies may be small until none is large. */
	private volatile int largeExpected;

	WindowTuning(ClientConn connection, TransportOptions options) {
		this.connection = connection;
		this.initialSize = options.initialWindowSize();
		// Beyond the connection's window a stream's is of no use.
		this.maxSize = Math.min(options.maxWindowSize(), options.connectionWindowSize());
	}

	/**
	 * Hands a stream's credit back, with a look at the size of its window. Loop.
	 */
	void credit(ClientStream stream, SendHalf half) {
		if (this.maxSize <= this.initialSize || stream.isRemoteDone() || stream.isCreditedOnReceipt()) {
			half.creditStream(stream);
			return;
		}
		long now = this.connection.nanoTime();
		tune(stream, now);
		if (half.creditStream(stream)) {
			long probe = this.roundTrips.probe(now);
			if (probe != 0) {
				half.ping(probe, false);
			}
		}
	}

	/**
	 * A stream was opened. Where bodies are large its window begins as large as theirs
	 * were: on a long path each round trip that is not needed counts. Loop.
	 */
	void opened(ClientStream stream, SendHalf half) {
		long size = this.learnt;
		if (this.largeExpected == 0 || size < 2 * this.initialSize || stream.isHeadRequest()) {
			return;
		}
		StreamGrowth growth = new StreamGrowth(this.connection.budget());
		stream.growth(growth);
		if (growth.reserve(size - this.initialSize)) {
			stream.receiveWindow().resize(size);
			half.creditStream(stream);
			if (stream.isOver()) {
				growth.giveBack();
			}
		}
	}

	/** A response has ended. Loop. */
	void ended(ClientStream stream) {
		if (stream.receivedLength() > this.initialSize) {
			this.largeExpected = LARGE_EXPECTED;
		}
		else if (this.largeExpected > 0) {
			this.largeExpected = this.largeExpected - 1;
		}
	}

	private void tune(ClientStream stream, long now) {
		StreamGrowth growth = stream.growth();
		if (growth == null) {
			growth = new StreamGrowth(this.connection.budget());
			stream.growth(growth);
		}
		WindowGrowth pace = growth.pace(() -> new WindowGrowth(this.initialSize, this.maxSize, stream.headNanos()));
		ReceiveWindow window = stream.receiveWindow();
		long before = window.size();
		long size = pace.size(window, this.learnt, this.roundTrips.nanos(), now);
		if (size != before && growth.reserve(size - before)) {
			window.resize(size);
			if (size > before) {
				this.learnt = Math.max(this.learnt, size);
				pace.grown();
			}
			if (stream.isOver()) {
				// Whoever ended it may have come before there was anything to give back.
				growth.giveBack();
			}
		}
	}

	RoundTrips roundTrips() {
		return this.roundTrips;
	}

}
