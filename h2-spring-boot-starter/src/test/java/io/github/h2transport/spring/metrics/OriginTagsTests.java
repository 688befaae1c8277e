package io.github.h2transport.spring.metrics;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.Origin;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OriginTagsTests {

	private final OriginTags tags = new OriginTags(2);

	@Test
	void laterOriginsAreOneValue() {
		assertThat(this.tags.value(origin(1))).isEqualTo("https://host1:443");
		assertThat(this.tags.value(origin(2))).isEqualTo("https://host2:443");
		assertThat(this.tags.value(origin(3))).isEqualTo("other");
		assertThat(this.tags.value(origin(4))).isEqualTo("other");
		assertThat(this.tags.value(origin(1))).isEqualTo("https://host1:443");
		assertThat(this.tags.known(origin(2))).isEqualTo("https://host2:443");
		assertThat(this.tags.known(origin(5))).isEqualTo("other");
	}

	@Test
	void eachValueIsToldOnce() {
		List<String> early = new ArrayList<>();
		List<String> late = new ArrayList<>();
		this.tags.onNew(early::add);
		for (int number : List.of(1, 2, 1, 3, 4)) {
			this.tags.value(origin(number));
		}
		this.tags.onNew(late::add);

		assertThat(early).containsExactly("https://host1:443", "https://host2:443", "other");
		assertThat(late).containsExactlyInAnyOrderElementsOf(early);
	}

	private static Origin origin(int number) {
		return new Origin("https", "host" + number, 443);
	}

}
