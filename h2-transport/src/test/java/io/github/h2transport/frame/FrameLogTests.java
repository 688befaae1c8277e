package io.github.h2transport.frame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class FrameLogTests {

	@Test
	void aLineNamesDirectionStreamLengthTypeAndFlags() {
		assertThat(FrameLog.sent(47, 0x1, 0x5, 3)).isEqualTo(">> 0x00000003 47 HEADERS END_STREAM|END_HEADERS");
		assertThat(FrameLog.received(16384, 0x0, 0x9, 0x7fffffff))
			.isEqualTo("<< 0x7fffffff 16384 DATA END_STREAM|PADDED");
	}

	@Test
	void aLineWithoutFlagsEndsWithTheType() {
		assertThat(FrameLog.sent(4, 0x8, 0, 0)).isEqualTo(">> 0x00000000 4 WINDOW_UPDATE");
	}

	@ParameterizedTest
	@CsvSource({ "0, 255, DATA END_STREAM|PADDED|0xf6", "1, 255, HEADERS END_STREAM|END_HEADERS|PADDED|PRIORITY|0xd2",
			"2, 1, PRIORITY 0x1", "3, 1, RST_STREAM 0x1", "4, 1, SETTINGS ACK",
			"5, 12, PUSH_PROMISE END_HEADERS|PADDED", "6, 3, PING ACK|0x2", "7, 1, GOAWAY 0x1",
			"8, 1, WINDOW_UPDATE 0x1", "9, 5, CONTINUATION END_HEADERS|0x1", "10, 1, 0xa 0x1", "255, 255, 0xff 0xff" })
	void eachTypeHasItsOwnFlags(int type, int flags, String expected) {
		assertThat(FrameLog.received(0, type, flags, 1)).isEqualTo("<< 0x00000001 0 " + expected);
	}

	@Test
	void whatFitsIntoANumberIsExplained() {
		assertThat(FrameLog.detail(FrameType.RST_STREAM, 0x7)).isEqualTo("REFUSED_STREAM");
		assertThat(FrameLog.detail(FrameType.RST_STREAM, 0xffff_ffffL)).isEqualTo("0xffffffff");
		assertThat(FrameLog.detail(FrameType.WINDOW_UPDATE, 65535)).isEqualTo("+65535");
		assertThat(FrameLog.detail(FrameType.PING, -2)).isEqualTo("0xfffffffffffffffe");
		assertThat(FrameLog.detail(FrameType.GOAWAY, FrameLog.goAwayDetail(Integer.MAX_VALUE, -1)))
			.isEqualTo("last-stream=2147483647 0xffffffff");
		assertThat(FrameLog.detail(FrameType.DATA, 5)).isEmpty();
	}

	@Test
	void settingsAreNamedWithoutTheirPrefix() {
		assertThat(FrameLog.settings(
				Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 128).set(Settings.ENABLE_PUSH, 0).build()))
			.isEqualTo("ENABLE_PUSH=0 MAX_CONCURRENT_STREAMS=128");
		assertThat(FrameLog.settings(Settings.builder().build())).isEmpty();
	}

}
