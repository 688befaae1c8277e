package io.github.h2transport.protocol;

import io.github.h2transport.protocol.HeaderSection.Kind;
import org.junit.jupiter.api.Test;

import static io.github.h2transport.protocol.Sections.section;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 sections 6.5.2 and 10.5.1: how large a section may be. */
class Section10_5_1FieldBlockLimitsTests {

	@Test
	void theSizeCountsNamesValuesAndThirtyTwoOctetsAField() {
		int exact = (7 + 3 + 32) + (1 + 5 + 32);
		HeaderSection fits = section(Kind.RESPONSE, exact, ":status", "200", "a", "12345");
		assertThat(fits.fault()).isNull();
		assertThat(fits.isTooLarge()).isFalse();
		HeaderSection tooLarge = section(Kind.RESPONSE, exact - 1, ":status", "200", "a", "12345");
		assertThat(tooLarge.isTooLarge()).isTrue();
		assertThat(tooLarge.fault()).contains("larger than the limit of " + (exact - 1) + " octets");
		assertThat(tooLarge.headers()).isEmpty();
	}

	@Test
	void trailersHaveTheSameLimit() {
		assertThat(section(Kind.TRAILERS, 38, "a", "12345").fault()).isNull();
		assertThat(section(Kind.TRAILERS, 37, "a", "12345").isTooLarge()).isTrue();
	}

	@Test
	void theNumberOfFieldsIsLimitedToo() {
		HeaderSection section = section(Kind.TRAILERS, Integer.MAX_VALUE);
		for (int i = 0; i < HeaderSection.MAX_FIELDS; i++) {
			section.field("a", "", false);
		}
		assertThat(section.fault()).isNull();
		assertThat(section.headers().size()).isEqualTo(HeaderSection.MAX_FIELDS);
		section.field("a", "", false);
		assertThat(section.isTooLarge()).isTrue();
		assertThat(section.fault()).contains("1000 fields");
		assertThat(section.headers()).isEmpty();
	}

	@Test
	void eachSectionIsCountedByItself() {
		HeaderSection section = section(Kind.RESPONSE, 42, ":status", "103");
		section.begin(Kind.RESPONSE);
		section.field(":status", "200", false);
		assertThat(section.fault()).isNull();
		section.begin(Kind.RESPONSE);
		section.field(":status", "200", false);
		section.field("a", "b", false);
		assertThat(section.isTooLarge()).isTrue();
		section.begin(Kind.RESPONSE);
		section.field(":status", "200", false);
		assertThat(section.isTooLarge()).isFalse();
		assertThat(section.fault()).isNull();
	}

}
