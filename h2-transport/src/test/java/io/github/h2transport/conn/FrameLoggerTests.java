package io.github.h2transport.conn;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;

/** The frame log as an operator reads it. */
@Timeout(120)
class FrameLoggerTests {

	private final CapturedLog log = CapturedLog.of(FrameLogger.NAME, Level.FINER);

	private final ScriptedPeer peer = new ScriptedPeer();

	@AfterEach
	void stopListening() {
		this.log.close();
	}

	@Test
	void aCallIsALineForEachFrameInTheOrderOfTheWire() throws Exception {
		this.peer.greet(settings(Settings.MAX_CONCURRENT_STREAMS, 128));
		Exchange call = this.peer.call(get("/orders/42?token=secret"));
		this.peer.send(headers(1).status(200).with("set-cookie", "session=secret"), data(1, "hello").endStream());
		call.hasStatus(200);
		assertThat(this.log.lines()).containsExactly(
				"c1 >> 0x00000000 18 SETTINGS ENABLE_PUSH=0 INITIAL_WINDOW_SIZE=262144 MAX_HEADER_LIST_SIZE=65536",
				"c1 >> 0x00000000 4 WINDOW_UPDATE +16711681", "c1 << 0x00000000 6 SETTINGS MAX_CONCURRENT_STREAMS=128",
				"c1 << 0x00000000 0 SETTINGS ACK", "c1 >> 0x00000000 0 SETTINGS ACK",
				"c1 >> 0x00000001 " + lengthOf(">> 0x00000001") + " HEADERS END_STREAM|END_HEADERS :method=GET "
						+ ":scheme=http :authority=*** :path=/orders/42?***",
				"c1 << 0x00000001 " + lengthOf("<< 0x00000001") + " HEADERS END_HEADERS :status=200 set-cookie=***",
				"c1 << 0x00000001 5 DATA END_STREAM");
	}

	/** What HPACK makes of it is not the subject here. */
	private String lengthOf(String frame) {
		return this.log.lines()
			.stream()
			.filter((line) -> line.startsWith("c1 " + frame))
			.findFirst()
			.orElseThrow()
			.split(" ")[3];
	}

	@Test
	void contentFlowControlAndTheEndAreExplained() throws Exception {
		this.peer.greet();
		this.peer.call(post("/a", new byte[3]));
		this.peer.settle();
		int before = this.log.lines().size();
		assertThat(this.log.lines().get(before - 1)).isEqualTo("c1 >> 0x00000001 3 DATA END_STREAM");
		this.peer.send(windowUpdate(1, 1000), ping(0xfeL), rstStream(1, ErrorCode.CANCEL));
		this.peer.send(goAway(1, ErrorCode.ENHANCE_YOUR_CALM));
		assertThat(this.log.lines().subList(before, this.log.lines().size())).containsExactly(
				"c1 << 0x00000001 4 WINDOW_UPDATE +1000", "c1 << 0x00000000 8 PING 0x00000000000000fe",
				"c1 << 0x00000001 4 RST_STREAM CANCEL", "c1 >> 0x00000000 8 PING ACK 0x00000000000000fe",
				"c1 << 0x00000000 8 GOAWAY last-stream=1 ENHANCE_YOUR_CALM",
				"c1 >> 0x00000000 8 GOAWAY last-stream=0 NO_ERROR");
	}

	@Test
	void theFrameThatBreaksARuleIsTheLastThatWasReceived() {
		this.peer.greet();
		this.peer.send(data(7, "idle"));
		assertThat(this.log.lines()).contains("c1 << 0x00000007 4 DATA");
		assertThat(this.log.lines().get(this.log.lines().size() - 1)).startsWith("c1 >> 0x00000000 ")
			.contains("GOAWAY last-stream=0 PROTOCOL_ERROR");
	}

	@Test
	void fieldsOfABlockThatNobodyWaitsForAreShownToo() throws Exception {
		this.peer.greet();
		Exchange call = this.peer.call(get("/a"));
		call.stream()
			.cancel(ErrorCode.CANCEL, new CallCancelledException("enough", null,
					call.stream().context(Initiator.CALLER, call.stream().phase())));
		this.peer.send(headers(1).status(404).endStream());
		assertThat(this.log.lines()).anySatisfy((line) -> assertThat(line).startsWith("c1 << 0x00000001")
			.endsWith("HEADERS END_STREAM|END_HEADERS :status=404"));
	}

	@Test
	void theLevelMayChangeWhileTheConnectionIsOpen() {
		this.log.level(Level.FINE);
		this.peer.greet();
		assertThat(this.log.lines()).as("DEBUG is not enough").isEmpty();
		this.log.level(Level.FINER);
		this.peer.advance(Duration.ofSeconds(1));
		this.peer.send(ping(1));
		assertThat(this.log.lines()).hasSize(2);
		this.log.level(Level.INFO);
		this.peer.advance(Duration.ofSeconds(1));
		this.peer.send(ping(1));
		assertThat(this.log.lines()).hasSize(2);
	}

	@Test
	void aFrameThatNeverBecameWholeIsShownAtTheEnd() throws Exception {
		this.peer.greet();
		byte[] ping = this.peer.octetsOf(ping(1));
		byte[] half = new byte[12];
		System.arraycopy(ping, 0, half, 0, half.length);
		this.peer.sendOctets(half);
		assertThat(this.log.lines()).noneMatch((line) -> line.contains("PING"));
		this.peer.endOfInput();
		assertThat(this.log.lines()).contains("c1 << 0x00000000 8 PING");
	}

	// ---- a handler is user code ----

	@Test
	void aHandlerRunsOnTheLoopWhenEverythingIsWritten() throws Exception {
		List<String> wrong = new ArrayList<>();
		this.log.onRecord((logRecord) -> {
			if (!this.peer.loop().inLoop()) {
				wrong.add("not on the loop: " + logRecord.getMessage());
			}
			if (!this.peer.connection().writer().isIdle()) {
				wrong.add("before everything was written: " + logRecord.getMessage());
			}
		});
		this.peer.greet();
		this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).endStream()).settle();
		assertThat(this.log.lines()).hasSizeGreaterThan(5);
		assertThat(wrong).isEmpty();
	}

	@Test
	void aHandlerThatBlocksHoldsUpNoCallerThatBeginsACall() throws Exception {
		ScriptedPeer writers = new ScriptedPeer().greet().holdCallsBack();
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.log.onRecord((logRecord) -> {
			blocked.countDown();
			await(release);
		});
		writers.call(get("/a"));
		Thread loop = new Thread(writers::settle);
		loop.start();
		await(blocked);
		Caller.of(() -> writers.call(get("/b"))).result();
		assertThat(writers.connection().snapshot().diagnostics().lastFrames()).isNotEmpty();
		release.countDown();
		loop.join();
		writers.settle();
		assertThat(writers.wire().takeWrites()).hasSize(2);
		assertThat(this.log.lines().stream().filter((line) -> line.contains("HEADERS")).toList()).hasSize(2);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void aRequestWithSecretsShowsNone() throws Exception {
		this.peer.greet();
		Http2Request request = Http2Request.builder("GET", URI.create("http://example.test/a?key=s3cret"))
			.headers(Headers.of("authorization", "Bearer s3cret", "cookie", "id=s3cret"))
			.build();
		this.peer.call(request);
		this.peer.settle();
		assertThat(this.log.lines()).anyMatch((line) -> line.endsWith("authorization=*** cookie=***"))
			.noneMatch((line) -> line.contains("s3cret"));
	}

}
