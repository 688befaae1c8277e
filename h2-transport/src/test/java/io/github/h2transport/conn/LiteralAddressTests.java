package io.github.h2transport.conn;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What needs no name service, and what may. */
class LiteralAddressTests {

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "::", "fe80::1%lo", "fe80::1%25lo",
			"2001:db8::a", "::ffff:10.0.0.1", "abcd:ef01::" })
	void addresses(String host) {
		assertThat(LiteralAddress.is(host)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "1.2.3", "256.1.1.1", "1.2.3.4.5", "1.2.3.4.", "01.2.3.4", "12345", "1.2.3.x",
			"beef", "example.com", "", "xyz::1" })
	void names(String host) {
		assertThat(LiteralAddress.is(host)).isFalse();
	}

}
