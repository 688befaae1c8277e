package io.github.h2transport.conn;

import java.lang.reflect.Method;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The fence before a pool lets everything through that a pool may be told. */
class GuestsTests {

	@Test
	void nothingThatAPoolIsToldGetsLostAtTheFence() {
		Class<?> fence = Guests.fenced(new RecordingObserver()).getClass();
		assertThat(ConnObserver.class.getMethods()).isNotEmpty()
			.allSatisfy((told) -> assertThat(Arrays.stream(fence.getDeclaredMethods()).map(Method::getName))
				.contains(told.getName()));
	}

}
