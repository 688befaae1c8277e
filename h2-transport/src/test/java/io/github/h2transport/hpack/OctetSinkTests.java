package io.github.h2transport.hpack;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OctetSinkTests {

	@Test
	void growsAsOctetsAreWritten() {
		OctetSink out = new OctetSink(0);
		for (int i = 0; i < 300; i++) {
			out.write(i);
		}
		out.write(new byte[] { 1, 2, 3, 4 }, 1, 2);
		assertThat(out.length()).isEqualTo(302);
		assertThat(out.array()[299]).isEqualTo((byte) 299);
		assertThat(out.array()[300]).isEqualTo((byte) 2);
		assertThat(out.array()[301]).isEqualTo((byte) 3);
	}

	@Test
	void clearKeepsTheArray() {
		OctetSink out = new OctetSink(2);
		out.write(new byte[100], 0, 100);
		byte[] array = out.array();
		out.clear();
		out.write(7);
		assertThat(out.length()).isEqualTo(1);
		assertThat(out.array()).isSameAs(array).startsWith((byte) 7);
	}

	@Test
	void refusesARangeOutsideTheSource() {
		OctetSink out = new OctetSink(8);
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> out.write(new byte[2], 1, 2));
		assertThat(out.length()).isZero();
	}

}
