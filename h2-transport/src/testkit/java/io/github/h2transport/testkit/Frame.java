package io.github.h2transport.testkit;

import java.util.Map;

import io.github.h2transport.ErrorCode;

/**
 * A frame that a client sent, as far as tests look at it.
 *
 * @param type the RFC's name, such as {@code HEADERS}
 * @param streamId the stream, 0 for the connection
 * @param endStream whether it ends the stream
 * @param fields what HEADERS carried, empty for other frames
 * @param octets what DATA carried, or the debug data of GOAWAY
 * @param code of RST_STREAM and GOAWAY, NO_ERROR for other frames
 */
public record Frame(String type, int streamId, boolean endStream, Map<String, String> fields, byte[] octets,
		ErrorCode code) {

	static Frame of(String type, int streamId) {
		return new Frame(type, streamId, false, Map.of(), new byte[0], ErrorCode.NO_ERROR);
	}

	@Override
	public String toString() {
		return this.type + " on " + this.streamId + (this.endStream ? " END_STREAM" : "");
	}

}
