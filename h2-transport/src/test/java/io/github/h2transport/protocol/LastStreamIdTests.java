package io.github.h2transport.protocol;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * RFC 9113 section 5.1.1: stream ids end at 2^31-1, and what comes late on a stream that
 * is over is judged as on any other connection.
 */
class LastStreamIdTests {

	private static ReceiveHalf half(int lastOpenedId) {
		ReceiveEvents events = (ReceiveEvents) Proxy.newProxyInstance(ReceiveEvents.class.getClassLoader(),
				new Class<?>[] { ReceiveEvents.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "lastOpenedId" -> lastOpenedId;
					case "dataSent", "resetCredit" -> 0L;
					case "settings", "windowUpdate" -> true;
					default -> null;
				});
		FrameTrace trace = FrameTrace.ofReceived(new FrameLines() {

			@Override
			public boolean isOn() {
				return false;
			}

			@Override
			public void add(String line) {
			}

		});
		return new ReceiveHalf(16_384, 65_536, 4096, ReceiveWindow.ofConnection(Integer.MAX_VALUE), new FloodGuard(),
				events, trace);
	}

	@ParameterizedTest
	@ValueSource(ints = { 21, Integer.MAX_VALUE - 2, Integer.MAX_VALUE })
	void lateResetsOfStreamsThatAreOverAreNoFlood(int lastOpenedId) {
		ReceiveHalf half = half(lastOpenedId);
		ByteBuffer frames = ByteBuffer.allocate(9 + 10 * (9 + 4));
		frames.put(new byte[] { 0, 0, 0, 0x4, 0 }).putInt(0);
		for (int i = 0; i < 10; i++) {
			frames.put(new byte[] { 0, 0, 4, 0x3, 0 }).putInt(lastOpenedId - 2 * i).putInt(8);
		}
		frames.flip();

		assertThatNoException().isThrownBy(() -> half.read(frames, 0));
	}

}
