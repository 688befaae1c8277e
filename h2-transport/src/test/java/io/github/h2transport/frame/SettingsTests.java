package io.github.h2transport.frame;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

/** RFC 9113 sections 6.5.1 and 6.5.2, RFC 8441 section 3, RFC 9218 section 2.1. */
class SettingsTests {

	@Test
	void allKnownSettingsAreParsed() throws ConnectionError {
		Settings settings = parse("0001 ffffffff 0002 00000000 0003 00000000 0004 00000000 0005 00004000 "
				+ "0006 00000400 0008 00000001 0009 00000001");
		assertThat(settings.toMap()).containsExactly(entry("SETTINGS_HEADER_TABLE_SIZE", 4294967295L),
				entry("SETTINGS_ENABLE_PUSH", 0L), entry("SETTINGS_MAX_CONCURRENT_STREAMS", 0L),
				entry("SETTINGS_INITIAL_WINDOW_SIZE", 0L), entry("SETTINGS_MAX_FRAME_SIZE", 16384L),
				entry("SETTINGS_MAX_HEADER_LIST_SIZE", 1024L), entry("SETTINGS_ENABLE_CONNECT_PROTOCOL", 1L),
				entry("SETTINGS_NO_RFC7540_PRIORITIES", 1L));
		assertThat(settings.size()).isEqualTo(8);
	}

	@Test
	void whatIsNotInTheFrameIsAbsent() throws ConnectionError {
		Settings settings = parse("0003 00000064");
		assertThat(settings.has(Settings.MAX_CONCURRENT_STREAMS)).isTrue();
		assertThat(settings.get(Settings.MAX_CONCURRENT_STREAMS, 7)).isEqualTo(100);
		assertThat(settings.has(Settings.INITIAL_WINDOW_SIZE)).isFalse();
		assertThat(settings.get(Settings.INITIAL_WINDOW_SIZE, 7)).isEqualTo(7);
	}

	@Test
	void theLastValueOfARepeatedSettingWins() throws ConnectionError {
		assertThat(parse("0003 00000064 0004 00000005 0003 00000002")).isEqualTo(Settings.builder()
			.set(Settings.MAX_CONCURRENT_STREAMS, 2)
			.set(Settings.INITIAL_WINDOW_SIZE, 5)
			.build());
	}

	@Test
	void theSmallestTableSizeIsKeptBesideTheLast() throws ConnectionError {
		Settings settings = parse("0001 00001000 0001 00000010 0001 00000800");
		assertThat(settings.get(Settings.HEADER_TABLE_SIZE, 7)).isEqualTo(0x800);
		assertThat(settings.leastHeaderTableSize(7)).isEqualTo(0x10);
		assertThat(parse("0001 00000800").leastHeaderTableSize(7)).isEqualTo(0x800);
		assertThat(parse("0003 00000800").leastHeaderTableSize(7)).isEqualTo(7);
		assertThat(settings).isNotEqualTo(parse("0001 00000800"));
		assertThat(parse("0001 00000800")).isEqualTo(Settings.builder().set(Settings.HEADER_TABLE_SIZE, 0x800).build());
	}

	@Test
	void aLaterFrameChangesOnlyWhatItNames() throws ConnectionError {
		Settings first = parse("0001 00000010 0003 00000064 0004 00000005");
		Settings both = parse("0003 00000002 0005 00008000").after(first);
		assertThat(both).isEqualTo(parse("0001 00000010 0003 00000002 0004 00000005 0005 00008000"));
		assertThat(both.leastHeaderTableSize(7)).isEqualTo(0x10);
		assertThat(parse("0001 00000020").after(both).leastHeaderTableSize(7)).isEqualTo(0x20);
		assertThat(first.get(Settings.MAX_CONCURRENT_STREAMS, 7)).isEqualTo(100);
	}

	@Test
	void anIllegalValueCountsAlsoIfALegalOneFollows() {
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> parse("0005 00000000 0005 00004000"));
	}

	@Test
	void unknownSettingsAreIgnoredAndKeptOut() throws ConnectionError {
		Settings settings = parse("0000 00000001 0007 00000001 000a 00000001 0a0a ffffffff ffff 00000001");
		assertThat(settings.toMap()).isEmpty();
		assertThat(settings.has(0)).isFalse();
		assertThat(settings.has(7)).isFalse();
		assertThat(settings.has(0xa0a)).isFalse();
		assertThat(settings.has(-1)).isFalse();
		assertThat(settings.get(0xffff, 3)).isEqualTo(3);
	}

	@Test
	void thirtyTwoEntriesAreParsed() throws ConnectionError {
		assertThat(parse("0a0a 00000001".repeat(31) + "0003 00000001").size()).isEqualTo(1);
	}

	@Test
	void thirtyThreeEntriesAreTooMuch() {
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> parse("0003 00000001".repeat(33)))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM));
	}

	@ParameterizedTest
	@CsvSource({ "00, FRAME_SIZE_ERROR", "0003 000000, FRAME_SIZE_ERROR", "0003 00000001 00, FRAME_SIZE_ERROR",
			"0002 00000001, PROTOCOL_ERROR", "0002 00000002, PROTOCOL_ERROR", "0004 80000000, FLOW_CONTROL_ERROR",
			"0004 ffffffff, FLOW_CONTROL_ERROR", "0005 00000000, PROTOCOL_ERROR", "0005 00003fff, PROTOCOL_ERROR",
			"0005 01000000, PROTOCOL_ERROR", "0005 ffffffff, PROTOCOL_ERROR", "0008 00000002, PROTOCOL_ERROR",
			"0009 00000002, PROTOCOL_ERROR" })
	void anIllegalPayloadHasItsCode(String payload, String code) {
		assertThatExceptionOfType(ConnectionError.class).isThrownBy(() -> parse(payload))
			.satisfies((ex) -> assertThat(ex.code().name()).isEqualTo(code));
	}

	@ParameterizedTest
	@CsvSource({ "2, 0", "2, 1", "3, 4294967295", "4, 2147483647", "5, 16384", "5, 16777215", "6, 4294967295", "8, 0",
			"9, 0" })
	void theBuilderTakesLegalValues(int id, long value) {
		assertThat(Settings.builder().set(id, value).build().get(id, -7)).isEqualTo(value);
	}

	@ParameterizedTest
	@CsvSource({ "0, 1", "7, 1", "10, 1", "-1, 1", "1, -1", "1, 4294967296", "2, 2", "4, 2147483648", "5, 16383",
			"5, 16777216", "8, 2", "9, -1" })
	void theBuilderRefusesIllegalValues(int id, long value) {
		assertThatIllegalArgumentException().isThrownBy(() -> Settings.builder().set(id, value));
	}

	@Test
	void settingsDoNotChangeWithTheirBuilder() {
		Settings.Builder builder = Settings.builder().set(Settings.MAX_HEADER_LIST_SIZE, 1);
		Settings settings = builder.build();
		builder.set(Settings.MAX_HEADER_LIST_SIZE, 2);
		assertThat(settings.get(Settings.MAX_HEADER_LIST_SIZE, 0)).isEqualTo(1);
		assertThat(settings).isNotEqualTo(builder.build()).hasToString("{SETTINGS_MAX_HEADER_LIST_SIZE=1}");
		assertThat(settings).hasSameHashCodeAs(builder.set(Settings.MAX_HEADER_LIST_SIZE, 1).build());
	}

	private static Settings parse(String payload) throws ConnectionError {
		ByteBuffer octets = ByteBuffer.wrap(Octets.hex(payload));
		Settings settings = Settings.parse(octets);
		assertThat(octets.hasRemaining()).isFalse();
		return settings;
	}

}
