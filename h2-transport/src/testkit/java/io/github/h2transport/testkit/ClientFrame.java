package io.github.h2transport.testkit;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.Settings;

/**
 * A frame that the client under test has sent (RFC 9113 section 6), or the end of its
 * octets.
 */
public sealed interface ClientFrame {

	/**
	 * A request's header section, or its trailers; CONTINUATION frames are put together.
	 */
	record Head(int streamId, Headers fields, boolean endStream) implements ClientFrame {

		public String method() {
			return String.valueOf(this.fields.get(":method"));
		}

		public String path() {
			return String.valueOf(this.fields.get(":path"));
		}

	}

	/** Content. */
	record Data(int streamId, byte[] octets, boolean endStream) implements ClientFrame {

		@Override
		public String toString() {
			return "Data[streamId=" + this.streamId + ", octets=" + this.octets.length + ", endStream=" + this.endStream
					+ "]";
		}

	}

	/** The client gives a stream up. */
	record RstStream(int streamId, ErrorCode code) implements ClientFrame {
	}

	/** The client's settings. */
	record SettingsSent(Settings settings) implements ClientFrame {
	}

	/** The client has applied our settings. */
	record SettingsAck() implements ClientFrame {
	}

	/** A PING or its answer. */
	record Ping(long opaqueData, boolean ack) implements ClientFrame {
	}

	/** The client ends the connection. */
	record GoAway(int lastStreamId, ErrorCode code, String debug) implements ClientFrame {
	}

	/** Credit for a stream, or for the connection as stream 0. */
	record WindowUpdate(int streamId, int increment) implements ClientFrame {
	}

	/** The client sends no more: end of file, or a reset. */
	record End(String how) implements ClientFrame {
	}

}
