package io.github.h2transport.conn;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.h2transport.ErrorCode;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.pingAck;
import static org.assertj.core.api.Assertions.assertThat;

/** What a recording of the JDK Flight Recorder tells about a connection. */
@Timeout(120)
class FlightRecorderTests {

	private static final String PREFIX = "io.github.h2transport.";

	@Test
	void theLifeOfAConnectionIsRecorded(@TempDir Path folder) throws Exception {
		Path file = folder.resolve("test.jfr");
		try (Recording recording = new Recording()) {
			recording.enable(PREFIX + "ConnectionOpened");
			recording.enable(PREFIX + "ConnectionClosed");
			recording.enable(PREFIX + "Dial");
			recording.enable(PREFIX + "Stream");
			recording.enable(PREFIX + "GoAway");
			recording.enable(PREFIX + "Ping");
			recording.start();
			live();
			recording.stop();
			recording.dump(file);
		}
		List<RecordedEvent> events = RecordingFile.readAllEvents(file);
		assertThat(events).extracting((event) -> event.getEventType().getName().substring(PREFIX.length()))
			.containsExactlyInAnyOrder("Dial", "ConnectionOpened", "Ping", "Stream", "Stream", "GoAway", "GoAway",
					"ConnectionClosed");
		assertThat(events).allMatch((event) -> event.getEventType().getCategoryNames().equals(List.of("HTTP/2")))
			.allMatch((event) -> event.getString("origin").equals("http://example.test:80"));
		RecordedEvent whole = stream(events, 1);
		assertThat(whole.getInt("status")).isEqualTo(200);
		assertThat(whole.getString("method")).isEqualTo("GET");
		assertThat(whole.getLong("received")).isEqualTo(5);
		assertThat(whole.getDuration("took").toMillis()).isEqualTo(10_200);
		assertThat(whole.getDuration("firstByte").toMillis()).isEqualTo(10_200);
		assertThat(whole.getString("failure")).isNull();
		assertThat(stream(events, 3).getString("failure")).contains("GOAWAY");
		assertThat(events).filteredOn((event) -> event.getEventType().getName().endsWith(".Ping"))
			.allSatisfy((event) -> assertThat(event.getDuration("roundTrip").toMillis()).isEqualTo(100));
		assertThat(events).filteredOn((event) -> event.getEventType().getName().endsWith(".ConnectionClosed"))
			.allSatisfy((event) -> assertThat(event.getLong("streams")).isEqualTo(2));
	}

	@Test
	void withoutARecordingNobodyAsksForTimes() {
		assertThat(FlightRecorder.wantsStreams()).isFalse();
	}

	private static void live() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.advance(Duration.ofMillis(10_100)).expect(headers(1).endStream(), ping(1));
		peer.loop().passTime(Duration.ofMillis(100));
		peer.send(pingAck(1), headers(1).status(200), data(1, "whole").endStream());
		call.hasStatus(200);
		Exchange refused = peer.call(get("/b"));
		peer.send(goAway(1, ErrorCode.NO_ERROR));
		assertThat(refused.stream().failure()).isNotNull();
		peer.endOfInput();
		assertThat(peer.isClosed()).isTrue();
	}

	private static RecordedEvent stream(List<RecordedEvent> events, int id) {
		return events.stream()
			.filter((event) -> event.getEventType().getName().endsWith(".Stream"))
			.filter((event) -> event.getInt("streamId") == id)
			.findFirst()
			.orElseThrow();
	}

}
