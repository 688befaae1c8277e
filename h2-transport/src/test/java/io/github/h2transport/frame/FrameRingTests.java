package io.github.h2transport.frame;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class FrameRingTests {

	private static final long NOW = Long.MAX_VALUE - 5_000_000;

	private final FrameRing sent = new FrameRing();

	private final FrameRing received = new FrameRing();

	@Test
	void aNewConnectionHasNoFrames() {
		assertThat(lines(0)).isEmpty();
	}

	@Test
	void bothDirectionsArePutTogetherByTime() {
		this.sent.add(NOW, 47, FrameType.HEADERS, 5, 1);
		this.received.add(NOW + 1_000_000, 4, FrameType.HEADERS, 4, 1);
		this.sent.add(NOW + 2_000_000, 4, FrameType.WINDOW_UPDATE, 0, 0);
		this.sent.detail(65_535);
		this.received.add(NOW + 3_000_000, 4, FrameType.RST_STREAM, 0, 1);
		this.received.detail(ErrorCode.REFUSED_STREAM.value());
		assertThat(lines(NOW + 3_001_500)).containsExactly(
				"3.001 ms ago >> 0x00000001 47 HEADERS END_STREAM|END_HEADERS",
				"2.001 ms ago << 0x00000001 4 HEADERS END_HEADERS", "1.001 ms ago >> 0x00000000 4 WINDOW_UPDATE +65535",
				"0.001 ms ago << 0x00000001 4 RST_STREAM REFUSED_STREAM");
	}

	@Test
	void theClockMayPassItsLargestNumber() {
		this.received.add(Long.MAX_VALUE - 500_000, 0, FrameType.SETTINGS, 0, 0);
		this.sent.add(Long.MIN_VALUE + 500_000, 0, FrameType.SETTINGS, 1, 0);
		assertThat(lines(Long.MIN_VALUE + 1_000_000)).containsExactly("1.500 ms ago << 0x00000000 0 SETTINGS",
				"0.500 ms ago >> 0x00000000 0 SETTINGS ACK");
	}

	@Test
	void theLastFramesOfEachDirectionAreKept() {
		for (int i = 0; i < 1000; i++) {
			this.received.add(NOW + i, i, FrameType.DATA, 0, 1);
		}
		this.sent.add(NOW + 1000, 0, FrameType.PING, 0, 0);
		List<String> lines = lines(NOW + 1000);
		assertThat(lines).hasSize(FrameRing.CAPACITY + 1);
		assertThat(lines.get(0)).endsWith("<< 0x00000001 968 DATA");
		assertThat(lines.get(FrameRing.CAPACITY)).endsWith(">> 0x00000000 0 PING");
		assertThat(this.received.count()).isEqualTo(1000);
	}

	@Test
	void noFrameIsMissingHoweverManyThereWere() {
		for (int count = 1; count <= 3 * FrameRing.CAPACITY; count++) {
			this.received.add(NOW + count, count, FrameType.PING, 0, 0);
			this.received.detail(count);
			int shown = Math.min(count, FrameRing.CAPACITY);
			int oldest = count - shown + 1;
			assertThat(lines(NOW + count)).hasSize(shown)
				.allSatisfy((line) -> assertThat(line).contains("<< 0x00000000 "))
				.first()
				.asString()
				.endsWith(oldest + " PING 0x%016x".formatted(oldest));
		}
	}

	@Test
	void theLargestNumbersOfAFrameSurvive() {
		this.received.add(NOW, (1 << 24) - 1, 255, 255, Integer.MAX_VALUE);
		assertThat(lines(NOW)).containsExactly("0.000 ms ago << 0x7fffffff 16777215 0xff 0xff");
	}

	@Test
	void aFrameWhosePayloadHasNotArrivedHasNoDetail() {
		this.received.add(NOW, 4, FrameType.RST_STREAM, 0, 1);
		this.received.detail(0);
		for (int i = 0; i < 100; i++) {
			this.received.add(NOW, 4, FrameType.RST_STREAM, 0, 3);
		}
		assertThat(lines(NOW)).containsOnly("0.000 ms ago << 0x00000003 4 RST_STREAM");
	}

	@Test
	void aPictureDoesNotChange() {
		this.sent.add(NOW, 0, FrameType.SETTINGS, 0, 0);
		List<String> picture = lines(NOW);
		this.sent.add(NOW, 8, FrameType.PING, 0, 0);
		assertThat(picture).containsExactly("0.000 ms ago >> 0x00000000 0 SETTINGS");
	}

	@Test
	void whoeverLooksWhileFramesAreWrittenSeesWholeFramesInOrder() throws InterruptedException {
		AtomicBoolean done = new AtomicBoolean();
		Thread writer = new Thread(() -> {
			for (int i = 1; !done.get(); i = (i + 1) & 0xff_ffff) {
				this.received.add(i, i, FrameType.WINDOW_UPDATE, i & 0xff, i);
				this.received.detail(i);
			}
		});
		writer.start();
		try {
			for (int round = 0; round < 20_000; round++) {
				long[] copy = this.received.copy();
				for (int at = 0; at < copy.length; at += FrameRing.LONGS) {
					long stream = copy[at + 1] & 0x7fff_ffff;
					assertThat(copy[at]).isEqualTo(stream << FrameRing.TIME_SHIFT | stream & 0xff);
					assertThat(copy[at + 1] >>> 40).isEqualTo(stream);
					assertThat(copy[at + 2]).isIn(stream, FrameRing.NO_DETAIL);
					if (at > 0) {
						assertThat(stream).isEqualTo((copy[at + 1 - FrameRing.LONGS] & 0x7fff_ffff) + 1 & 0xff_ffff);
					}
				}
			}
		}
		finally {
			done.set(true);
			writer.join();
		}
	}

	@Test
	void aFrameCostsNoObject() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long least = Long.MAX_VALUE;
		for (int round = 0; round < 20; round++) {
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < 10_000; i++) {
				this.sent.add(i, i, FrameType.WINDOW_UPDATE, 0, i);
				this.sent.detail(i);
			}
			least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
		}
		assertThat(least).as("octets for 10,000 frames").isLessThan(10_000);
	}

	private List<String> lines(long now) {
		return FrameTrail.of(this.sent, this.received, now);
	}

}
