package io.github.h2transport.conn;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.protocol.SendHalf;

/**
 * The ops of a stream that is open.
 */
final class StreamOps {

	private StreamOps() {
	}

	/** Resets the stream (RFC 9113 section 5.4.2). */
	static final class Reset extends Op {

		private final ClientStream stream;

		private final ErrorCode code;

		Reset(ClientStream stream, ErrorCode code) {
			this.stream = stream;
			this.code = code;
		}

		@Override
		void run(SendHalf half) {
			if (this.stream.isClosed()) {
				return;
			}
			ConnDriver driver = this.stream.connection().driver();
			boolean affordable = driver.mayReset();
			if (!affordable && this.code.equals(ErrorCode.CANCEL) && this.stream.isLocalDone()) {
				// Nothing is wrong with it but that nobody wants it any more.
				this.stream.abandon();
				return;
			}
			if (half.reset(this.stream, this.code)) {
				driver.resetSent(this.stream, this.code);
			}
		}

	}

	/** Tells the peer that it may send more on the stream (RFC 9113 section 6.9). */
	static final class Credit extends Op {

		private final ClientStream stream;

		Credit(ClientStream stream) {
			this.stream = stream;
		}

		@Override
		void run(SendHalf half) {
			this.stream.connection().tuning().credit(this.stream, half);
		}

	}

	/** Has new content looked at. */
	static final class Content extends Op {

		private final ClientStream stream;

		Content(ClientStream stream) {
			this.stream = stream;
		}

		@Override
		void run(SendHalf half) {
			// A stream that is not open yet, as its connection is in doubt, brings its
			// content along when it is opened; one whose caller has left never will be.
			if (this.stream.id() != 0) {
				half.upload(this.stream);
			}
		}

	}

}
