package io.github.h2transport.protocol;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.frame.FrameLog;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FrameTraceTests {

	private final Lines lines = new Lines();

	private final FrameTrace received = FrameTrace.ofReceived(this.lines);

	private final FrameTrace sent = FrameTrace.ofSent(this.lines);

	@Test
	void fieldsAreNamedAndTheirValuesAreNot() {
		this.received.begin();
		this.received.frameHeader(20, FrameType.HEADERS, 4, 1);
		this.received.fields(Headers.of(":status", "200", "set-cookie", "session=secret", "x-empty", ""));
		this.received.endLine();
		assertThat(this.lines.taken)
			.containsExactly("<< 0x00000001 20 HEADERS END_HEADERS :status=200 set-cookie=*** x-empty=***");
	}

	@Test
	void aPathIsShownWithoutItsQueryAndTheAuthorityNotAtAll() {
		this.sent.begin();
		this.sent.frameHeader(20, FrameType.HEADERS, 5, 1);
		this.sent.fields(Headers.of(":method", "GET", ":scheme", "https", ":authority", "user.example", ":path",
				"/orders/42?token=secret", "authorization", "Bearer secret"));
		this.sent.endLine();
		assertThat(this.lines.taken)
			.containsExactly(">> 0x00000001 20 HEADERS END_STREAM|END_HEADERS :method=GET :scheme=https "
					+ ":authority=*** :path=/orders/42?*** authorization=***");
	}

	@Test
	void aBlockOfManyFieldsStaysALine() {
		Headers.Builder many = Headers.builder();
		for (int i = 0; i < 1000; i++) {
			many.add("x-" + "n".repeat(500) + i, "v");
		}
		this.received.begin();
		this.received.frameHeader(20, FrameType.HEADERS, 4, 1);
		this.received.fields(many.build());
		this.received.endLine();
		assertThat(this.lines.taken).singleElement().satisfies((line) -> {
			assertThat(line).endsWith(" (and 960 more fields)");
			assertThat(line.length()).isLessThan(5000);
		});
	}

	@Test
	void octetsOfThePeerAreEscaped() {
		this.received.begin();
		this.received.frameHeader(20, FrameType.HEADERS, 4, 1);
		this.received.fields(Headers.of(":status", "2\u001b[31m", "x\r\nforged: line", "v"));
		this.received.endLine();
		assertThat(this.lines.taken).singleElement()
			.isEqualTo("<< 0x00000001 20 HEADERS END_HEADERS :status=2\\u001b[31m x\\u000d\\u000aforged: line=***");
	}

	@Test
	void aLineWaitsForItsPayloadAndContentForNothing() {
		this.received.begin();
		this.received.frameHeader(4, FrameType.RST_STREAM, 0, 1);
		assertThat(this.lines.taken).isEmpty();
		this.received.detail(FrameType.RST_STREAM, ErrorCode.CANCEL.value());
		this.received.frameHeader(1000, FrameType.DATA, 0, 3);
		assertThat(this.lines.taken).containsExactly("<< 0x00000001 4 RST_STREAM CANCEL", "<< 0x00000003 1000 DATA");
	}

	@Test
	void theSwitchIsLookedAtOnceForABatch() {
		this.lines.on = false;
		this.received.begin();
		this.lines.on = true;
		this.received.frameHeader(0, FrameType.DATA, 0, 1);
		assertThat(this.lines.taken).isEmpty();
		this.received.begin();
		this.received.frameHeader(0, FrameType.DATA, 0, 1);
		assertThat(this.lines.taken).hasSize(1);
	}

	@Test
	void whatIsSentIsReadOffTheBuffer() {
		SentFrames frames = new SentFrames(this.sent);
		ByteBuffer out = ByteBuffer.allocate(1000);
		frames.begin();
		FrameWriter.preface(out);
		frames.skipTo(out.position());
		FrameWriter.settings(out, Settings.builder().set(Settings.ENABLE_PUSH, 0).build());
		FrameWriter.settingsAck(out);
		FrameWriter.windowUpdate(out, 0, 1000);
		FrameWriter.headers(out, 1, new byte[20], 0, 20, Settings.LEAST_MAX_FRAME_SIZE, false);
		frames.block(out, Headers.of(":method", "POST"));
		frames.note(out, 0);
		out.clear();
		frames.skipTo(0);
		FrameWriter.dataHeader(out, 1, 3, true);
		out.put(new byte[3]);
		FrameWriter.rstStream(out, 1, ErrorCode.CANCEL);
		FrameWriter.ping(out, 0xabcL, true);
		FrameWriter.goAway(out, 0, ErrorCode.NO_ERROR, "bye".getBytes());
		frames.note(out, 0);
		assertThat(this.lines.taken).containsExactly(">> 0x00000000 6 SETTINGS ENABLE_PUSH=0",
				">> 0x00000000 0 SETTINGS ACK", ">> 0x00000000 4 WINDOW_UPDATE +1000",
				">> 0x00000001 20 HEADERS END_HEADERS :method=POST", ">> 0x00000001 3 DATA END_STREAM",
				">> 0x00000001 4 RST_STREAM CANCEL", ">> 0x00000000 8 PING ACK 0x0000000000000abc",
				">> 0x00000000 11 GOAWAY last-stream=0 NO_ERROR");
	}

	@Test
	void theLastFrameOfALargeBlockNamesTheFields() {
		SentFrames frames = new SentFrames(this.sent);
		ByteBuffer out = ByteBuffer.allocate(100_000);
		frames.begin();
		FrameWriter.headers(out, 1, new byte[20_000], 0, 20_000, Settings.LEAST_MAX_FRAME_SIZE, true);
		frames.block(out, Headers.of(":method", "GET"));
		frames.note(out, 0);
		assertThat(this.lines.taken).containsExactly(">> 0x00000001 16384 HEADERS END_STREAM",
				">> 0x00000001 3616 CONTINUATION END_HEADERS :method=GET");
	}

	@Test
	void whileTheLogIsOffAFrameCostsNoObject() {
		this.lines.on = false;
		SentFrames frames = new SentFrames(this.sent);
		ByteBuffer out = ByteBuffer.allocateDirect(1000);
		FrameWriter.windowUpdate(out, 0, 1000);
		FrameWriter.headers(out, 1, new byte[20], 0, 20, Settings.LEAST_MAX_FRAME_SIZE, false);
		FrameWriter.ping(out, 1, false);
		FrameWriter.dataHeader(out, 1, 0, true);
		Headers fields = Headers.of(":method", "POST");
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long least = Long.MAX_VALUE;
		for (int round = 0; round < 20; round++) {
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < 1000; i++) {
				frames.begin();
				frames.skipTo(0);
				if (frames.areLogged()) {
					frames.block(out, fields);
				}
				frames.note(out, i);
				this.received.begin();
				this.received.time(i);
				this.received.frameHeader(8, FrameType.PING, 0, 0);
				this.received.detail(FrameType.PING, i);
				this.received.frameHeader(8, FrameType.GOAWAY, 0, 0);
				this.received.detail(FrameType.GOAWAY, FrameLog.goAwayDetail(1, 2));
				this.received.endLine();
			}
			least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
		}
		assertThat(least).as("octets for 6,000 frames").isLessThan(6_000);
		assertThat(this.sent.ring().count()).isEqualTo(80_000);
	}

	/** Collects lines. */
	private static final class Lines implements FrameLines {

		private final List<String> taken = new ArrayList<>();

		private boolean on = true;

		@Override
		public boolean isOn() {
			return this.on;
		}

		@Override
		public void add(String line) {
			this.taken.add(line);
		}

	}

}
