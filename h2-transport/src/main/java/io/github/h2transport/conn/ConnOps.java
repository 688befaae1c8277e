package io.github.h2transport.conn;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.protocol.ReceiveWindow;
import io.github.h2transport.protocol.SendHalf;

/**
 * The ops of the connection itself; those of a stream stand with the stream.
 */
final class ConnOps {

	private ConnOps() {
	}

	/** The connection preface; always the first op. */
	static final class Preface extends Op {

		private final Settings settings;

		private final int connectionWindowSize;

		Preface(Settings settings, int connectionWindowSize) {
			this.settings = settings;
			this.connectionWindowSize = connectionWindowSize;
		}

		@Override
		void run(SendHalf half) {
			half.preface(this.settings, this.connectionWindowSize);
		}

	}

	/** All of the peer's SETTINGS at once, and the ACK (RFC 9113 section 6.5.3). */
	static final class ApplySettings extends Op {

		private final Settings settings;

		private final ConnDriver driver;

		ApplySettings(Settings settings, ConnDriver driver) {
			this.settings = settings;
			this.driver = driver;
		}

		@Override
		void run(SendHalf half) {
			half.applySettings(this.settings);
			this.driver.answerSent();
		}

	}

	static final class Ping extends Op {

		private final long opaqueData;

		Ping(long opaqueData) {
			this.opaqueData = opaqueData;
		}

		@Override
		void run(SendHalf half) {
			half.ping(this.opaqueData, false);
		}

	}

	static final class PingAck extends Op {

		private final long opaqueData;

		private final ConnDriver driver;

		PingAck(long opaqueData, ConnDriver driver) {
			this.opaqueData = opaqueData;
			this.driver = driver;
		}

		@Override
		void run(SendHalf half) {
			half.ping(this.opaqueData, true);
			this.driver.answerSent();
		}

	}

	/** Has windows looked at that have grown; one for any number of them. */
	static final class Pump extends Op {

		private final AtomicBoolean queued;

		Pump(AtomicBoolean queued) {
			this.queued = queued;
		}

		@Override
		void run(SendHalf half) {
			this.queued.set(false);
		}

		@Override
		void discard(Http2Exception cause) {
			this.queued.set(false);
		}

	}

	static final class ConnectionCredit extends Op {

		private final ReceiveWindow window;

		ConnectionCredit(ReceiveWindow window) {
			this.window = window;
		}

		@Override
		void run(SendHalf half) {
			half.creditConnection(this.window);
		}

	}

	/**
	 * Fails the streams that a GOAWAY leaves out. It is queued like an open, so that it
	 * comes after every one that was queued before.
	 */
	static final class GoAwaySweep extends Op {

		private final ClientConn connection;

		private final int lastStreamId;

		private final ErrorCode code;

		GoAwaySweep(ClientConn connection, int lastStreamId, ErrorCode code) {
			this.connection = connection;
			this.lastStreamId = lastStreamId;
			this.code = code;
		}

		@Override
		void run(SendHalf half) {
			for (ClientStream stream : this.connection.streams().all()) {
				if (Integer.compareUnsigned(stream.id(), this.lastStreamId) > 0) {
					this.connection.driver().unprocessed(stream, this.code);
				}
			}
		}

	}

	/** Our own GOAWAY. */
	static final class GoAway extends Op {

		private final ErrorCode code;

		private final byte[] debug;

		/** Lowered to zero when the frame has been encoded. */
		private final AtomicInteger pending;

		GoAway(ErrorCode code, String debug, AtomicInteger pending) {
			this.code = code;
			byte[] text = debug.getBytes(StandardCharsets.UTF_8);
			this.debug = (text.length <= 512) ? text : Arrays.copyOf(text, 512);
			this.pending = pending;
			pending.incrementAndGet();
		}

		@Override
		void run(SendHalf half) {
			half.goAway(this.code, this.debug);
			this.pending.decrementAndGet();
		}

	}

}
