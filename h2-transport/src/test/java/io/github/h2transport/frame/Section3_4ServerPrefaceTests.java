package io.github.h2transport.frame;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.header;

/** RFC 9113 section 3.4: the server's preface is a SETTINGS frame, sent first. */
class Section3_4ServerPrefaceTests {

	private static final String HTTP_1 = "PROTOCOL_ERROR: The server answered in HTTP/1.1: it does not speak HTTP/2 "
			+ "on this port, or does not expect it without TLS and ALPN";

	@Test
	void theFirstFrameMayBeAnEmptySettings() {
		Reading.fromTheStart(frame(SETTINGS, 0, 0, "")).sees("settings {}").endsWell();
	}

	@Test
	void theFirstFrameMayBeSettingsWithValues() {
		Reading.fromTheStart(frame(SETTINGS, 0, 0, "0003 00000064"), frame(PING, 0, 0, "0102030405060708"))
			.sees("settings {SETTINGS_MAX_CONCURRENT_STREAMS=100}", "ping 0102030405060708")
			.endsWell();
	}

	@Test
	void anAcknowledgementCannotComeFirst() {
		Reading.fromTheStart(frame(SETTINGS, 1, 0, ""))
			.sees()
			.failsWith(
					"PROTOCOL_ERROR: The server's first frame must be SETTINGS, but is << 0x00000000 0 SETTINGS ACK");
	}

	@Test
	void anyOtherFrameCannotComeFirst() {
		Reading.fromTheStart(frame(PING, 0, 0, "0102030405060708"))
			.sees()
			.failsWith("PROTOCOL_ERROR: The server's first frame must be SETTINGS, but is << 0x00000000 8 PING");
	}

	@Test
	void anUnknownFrameCannotComeFirstEither() {
		Reading.fromTheStart(frame(0xb, 0, 0, ""))
			.sees()
			.failsWith("PROTOCOL_ERROR: The server's first frame must be SETTINGS, but is << 0x00000000 0 0xb");
	}

	@Test
	void tooLargeFirstSettingsAreAFrameSizeError() {
		Reading.fromTheStart(header(16386, SETTINGS, 0, 0))
			.sees()
			.failsWith("FRAME_SIZE_ERROR: SETTINGS on stream 0 has 16386 octets, "
					+ "more than our SETTINGS_MAX_FRAME_SIZE of 16384");
	}

	@Test
	void anAnswerInHttp1IsSaidInWords() {
		Reading.fromTheStart("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
			.sees()
			.failsWith(HTTP_1);
	}

	@Test
	void anAnswerInHttp10IsSaidInWords() {
		Reading.fromTheStart("HTTP/1.0 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)).sees().failsWith(HTTP_1);
	}

	@Test
	void otherTextIsQuotedAndNotTakenForHttp1() {
		Reading.fromTheStart("SSH-2.0-OpenSSH\r\n".getBytes(StandardCharsets.US_ASCII))
			.sees()
			.failsWith("PROTOCOL_ERROR: The server answered \"SSH-2.0-O...\": it does not speak HTTP/2 on this port, "
					+ "or does not expect it without TLS and ALPN");
		Reading.fromTheStart("<!DOCTYPE html>\n<html>".getBytes(StandardCharsets.US_ASCII))
			.sees()
			.failsWith("PROTOCOL_ERROR: The server answered \"<!DOCTYPE...\": it does not speak HTTP/2 on this port, "
					+ "or does not expect it without TLS and ALPN");
	}

}
