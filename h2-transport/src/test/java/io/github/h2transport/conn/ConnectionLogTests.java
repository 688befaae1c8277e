package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static org.assertj.core.api.Assertions.assertThat;

/** The life of a connection in the log. */
@Timeout(30)
class ConnectionLogTests {

	private final CapturedLog log = CapturedLog.of(ConnectionLog.NAME, Level.FINE);

	private final ScriptedPeer peer = new ScriptedPeer();

	@AfterEach
	void stopListening() {
		this.log.close();
	}

	@Test
	void aConnectionThatIsReadyIsALineAtDebug() {
		this.peer.greet(settings(Settings.MAX_CONCURRENT_STREAMS, 7));
		assertThat(this.log.lines(Level.FINE)).singleElement()
			.asString()
			.startsWith("c1 opened to http://example.test:80 (")
			.contains("cleartext")
			.endsWith("; our SETTINGS: ENABLE_PUSH=0 INITIAL_WINDOW_SIZE=262144 MAX_HEADER_LIST_SIZE=65536"
					+ "; the server's: MAX_CONCURRENT_STREAMS=7");
	}

	@Test
	void onlyTheFirstSettingsMakeItReady() {
		this.peer.greet();
		this.peer.send(settings(Settings.MAX_CONCURRENT_STREAMS, 7));
		assertThat(this.log.lines()).hasSize(1);
	}

	@Test
	void aPeacefulEndIsALineAtDebug() {
		this.peer.greet();
		this.peer.advance(Duration.ofSeconds(3));
		this.peer.connection().shutdown("enough");
		this.peer.settle().endOfInput();
		assertThat(this.log.lines(Level.WARNING)).isEmpty();
		assertThat(this.log.lines()).hasSize(2)
			.element(1)
			.asString()
			.isEqualTo("c1 closed after PT3S and 0 streams: Closed connection c1 to http://example.test:80: "
					+ "no longer needed");
	}

	@Test
	void anEndThatCallersAreToldOfIsNoWarningAndShowsTheLastFrames() throws Exception {
		this.peer.greet();
		this.peer.call(get("/a"));
		this.peer.send(data(9, "idle")).endOfInput();
		assertThat(this.log.lines(Level.WARNING)).isEmpty();
		List<String> lines = this.log.lines(Level.FINE);
		assertThat(lines.get(1)).startsWith("c1 closed after PT0S and 1 streams: Connection error PROTOCOL_ERROR");
		assertThat(lines.subList(2, lines.size())).hasSizeGreaterThan(5)
			.allMatch((line) -> line.startsWith("c1 had "))
			.anyMatch((line) -> line.endsWith("<< 0x00000009 4 DATA"));
	}

	@Test
	void aServerThatClosesAnIdleConnectionIsNoWarning() {
		this.peer.greet().endOfInput();
		assertThat(this.log.lines(Level.WARNING)).isEmpty();
		assertThat(this.log.lines(Level.FINE).get(1)).contains("the server closed it");
	}

	@Test
	void aConnectionErrorThatNoCallerIsToldOfIsAWarning() {
		this.log.level(Level.INFO);
		this.peer.greet().send(data(9, "idle")).endOfInput();
		assertThat(this.log.lines()).singleElement()
			.asString()
			.contains("Connection error PROTOCOL_ERROR")
			.contains("(no call was running that could tell; its last frames are logged at level DEBUG)");
	}

	@Test
	void aGoAwayThatComplainsIsAWarningThoughItsStreamsGoElsewhere() throws Exception {
		this.log.level(Level.INFO);
		this.peer.greet();
		this.peer.call(get("/a"));
		this.peer.send(goAway(0, ErrorCode.ENHANCE_YOUR_CALM)).endOfInput();
		assertThat(this.log.lines()).singleElement().asString().contains("the server's GOAWAY says ENHANCE_YOUR_CALM");
	}

	@Test
	void aDialThatFailsIsTheCallersToTell() {
		this.peer.connect();
		this.peer.wire().failReads(new IOException("Connection reset"));
		this.peer.settle();
		assertThat(this.log.lines(Level.WARNING)).isEmpty();
		assertThat(this.log.lines(Level.FINE).get(0)).contains("before it sent SETTINGS");
	}

	@Test
	void thereIsOneWarningInAMinute() {
		WarningBudget budget = new WarningBudget();
		long now = Long.MAX_VALUE - 10;
		assertThat(budget.take(now)).isZero();
		assertThat(budget.take(now + 1)).isEqualTo(WarningBudget.NONE_LEFT);
		assertThat(budget.take(now + WarningBudget.PERIOD_NANOS - 1)).isEqualTo(WarningBudget.NONE_LEFT);
		assertThat(budget.take(now + WarningBudget.PERIOD_NANOS)).isEqualTo(2);
		assertThat(budget.take(now + 2 * WarningBudget.PERIOD_NANOS)).isZero();
	}

}
