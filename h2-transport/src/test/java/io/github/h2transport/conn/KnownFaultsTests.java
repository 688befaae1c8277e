package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.StreamException;
import io.github.h2transport.frame.Octets;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.PeerFrame;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.HostilePeer.OK;
import static io.github.h2transport.conn.HostilePeer.STREAM;
import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.frame.Octets.CONTINUATION;
import static io.github.h2transport.frame.Octets.DATA;
import static io.github.h2transport.frame.Octets.GOAWAY;
import static io.github.h2transport.frame.Octets.HEADERS;
import static io.github.h2transport.frame.Octets.PING;
import static io.github.h2transport.frame.Octets.PRIORITY;
import static io.github.h2transport.frame.Octets.RST_STREAM;
import static io.github.h2transport.frame.Octets.SETTINGS;
import static io.github.h2transport.frame.Octets.WINDOW_UPDATE;
import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Faults that others had, each replayed against this client. What ends a connection is
 * always told to the peer: GOAWAY is on the wire, and the output ends behind it.
 */
@Timeout(60)
class KnownFaultsTests {

	private static final Duration TICK = Duration.ofMillis(100);

	/** A literal field that is not indexed: {@code a: b}. */
	private static final String FIELD = "0001610162";

	// ---- header blocks ----

	/**
	 * Go net/http; so were nghttp2 (CVE-2024-28182), Apache (CVE-2024-27316) and Tomcat
	 * (CVE-2024-24549): a block that never ends.
	 */
	@Test
	void cve202345288ContinuationsWithoutEnd() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(HEADERS, 0, STREAM, OK)).sends(10_000, frame(CONTINUATION, 0, STREAM, FIELD));
		peer.isTold();
	}

	@Test
	void cve202345288ContinuationsWithoutEndOfAStreamThatIsGone() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange gone = peer.peer().call(get("/gone"));
		peer.peer().settle();
		peer.cancels(gone).sends(frame(HEADERS, 0, 3, OK)).sends(10_000, frame(CONTINUATION, 0, 3, FIELD));
		peer.isTold();
	}

	/** CONTINUATIONs without an octet, which no limit of octets stops. */
	@Test
	void cve202633871EmptyContinuations() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(HEADERS, 0, STREAM, OK)).sends(10_000, frame(CONTINUATION, 0, STREAM, ""));
		peer.isTold();
	}

	/**
	 * A large entry of the table, named again and again by one octet; also CVE-2026-49975
	 * and CVE-2026-47774. The stream ends, the table stays right.
	 */
	@Test
	void cve20166581HpackBomb() throws Exception {
		HostilePeer peer = new HostilePeer();
		// x-a: 4,000 octets, added to the table: index 62.
		byte[] entry = Octets.join(Octets.hex("88 4003782d61 7f a11e"), HostilePeer.octets(4000, 'b'));
		byte[] bomb = Octets.join(entry, HostilePeer.octets(16_384 - entry.length, 0xbe));
		peer.sends(frame(HEADERS, 0x4, STREAM, bomb));
		assertThat(peer.exchange().failure(StreamException.class)).hasMessageContaining("65536 octets");
		peer.reads();
		Exchange next = peer.peer().call(get("/next"));
		peer.peer().expect(headers(3).endStream());
		peer.sends(frame(HEADERS, 0x5, 3, "88be"));
		assertThat(next.response().headers().get("x-a")).isEqualTo("b".repeat(4000));
	}

	/** The same with fields that are nearly empty, of which only the number counts. */
	@Test
	void cve202649975ManySmallFields() throws Exception {
		HostilePeer peer = new HostilePeer((options) -> options.maxHeaderListSize(1 << 20));
		peer.sends(frame(HEADERS, 0x4, STREAM, Octets.join(Octets.hex(OK), HostilePeer.octets(16_000, 0x90))));
		assertThat(peer.exchange().failure(StreamException.class)).hasMessageContaining("1000 fields");
		peer.reads().worksOn(3);
	}

	/** A table that is emptied and filled in turn. */
	@Test
	void cve202647774TableUpAndDown() throws Exception {
		HostilePeer peer = new HostilePeer();
		// Size updates are cheap and only at the start of a block: to 0, then to 4,096.
		peer.sends(frame(HEADERS, 0x5, STREAM, "203fe11f".repeat(4000) + OK));
		peer.exchange().hasStatus(200);
		peer.worksOn(3);
	}

	/** Header fields with an empty name and an empty value, which are kept for ever. */
	@Test
	void cve20199516FieldsOfNoLength() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(HEADERS, 0x4, STREAM, OK + "000000".repeat(1000)));
		assertThat(peer.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		peer.reads().worksOn(3);
	}

	// ---- floods ----

	/**
	 * Credit octet by octet makes us send octet by octet: it ends, and nothing piles up.
	 */
	@Test
	void cve20199511DataDribble() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(SETTINGS, 0, 0, "0004 00000000")).reads();
		Exchange upload = peer.peer().call(post("/upload", "hello".getBytes()));
		peer.peer().expect(headers(3)).expectNothing();
		int arrived = 0;
		for (int i = 0; i < 5; i++) {
			peer.sends(frame(WINDOW_UPDATE, 0, 3, "00000001"));
			for (PeerFrame each : peer.peer().rest()) {
				arrived += each.length();
			}
			assertThat(arrived).isEqualTo(i + 1);
		}
		peer.sends(frame(HEADERS, 0x5, 3, OK));
		upload.hasStatus(200);
		peer.isBorne(5);
	}

	@Test
	void cve20199512PingFlood() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(10_000, frame(PING, 0, 0, "0000000000000000"));
		peer.isTold();
	}

	@Test
	void cve20199513ResourceLoopOfPriorities() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(10_000, frame(PRIORITY, 0, STREAM, "00000000 10"));
		peer.isTold();
	}

	@Test
	void cve20199514ResetFlood() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange gone = peer.peer().call(get("/gone"));
		peer.peer().settle();
		peer.sends(10_000, frame(RST_STREAM, 0, 3, "00000007"));
		assertThat(gone.failure(StreamException.class).isSafeToRetry()).isTrue();
		peer.isTold();
	}

	/** Mistakes that each make us send RST_STREAM: one for each stream, and no more. */
	@Test
	void cve20258671MadeYouReset() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(10_000, frame(WINDOW_UPDATE, 0, STREAM, "00000000"));
		assertThat(peer.peer().rest()).extracting(PeerFrame::toString)
			.containsExactly("RST_STREAM 1 PROTOCOL_ERROR", "GOAWAY 0 ENHANCE_YOUR_CALM");
		assertThat(peer.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void cve20199515SettingsFlood() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(10_000, frame(SETTINGS, 0, 0, ""));
		peer.isTold();
	}

	@Test
	void cve20199515SettingsWithThousandsOfParameters() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(SETTINGS, 0, 0, "000400010000".repeat(2000)));
		peer.isTold();
	}

	/** Answers that the peer makes us queue but never reads. */
	@Test
	void cve20199517AnswersThatNobodyReads() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.peer().room(0);
		for (int i = 0; i < 100; i++) {
			peer.sends(10, frame(PING, 0, 0, "0000000000000000"));
		}
		assertThat(peer.exchange().failure(ConnectionException.class).context().code())
			.isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
		// It reads nothing, so it is not waited for either.
		peer.peer().loop().advance(Duration.ofSeconds(1));
		assertThat(peer.peer().isClosed()).isTrue();
	}

	@Test
	void cve20199518EmptyData() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(HEADERS, 0x4, STREAM, OK)).sends(10_000, frame(DATA, 0, STREAM, ""));
		assertThat(peer.peer().rest()).last().hasToString("GOAWAY 0 ENHANCE_YOUR_CALM");
	}

	@Test
	void cve20199518DataOfPaddingOnly() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(HEADERS, 0x4, STREAM, OK)).sends(10_000, frame(DATA, 0x8, STREAM, "00"));
		assertThat(peer.peer().rest()).last().hasToString("GOAWAY 0 ENHANCE_YOUR_CALM");
	}

	// ---- values and types ----

	/** Content was cut into frames of no octets, for ever. */
	@Test
	void cve202633814MaxFrameSizeOfZero() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange upload = peer.peer().call(post("/upload", new byte[100_000]));
		peer.sends(frame(SETTINGS, 0, 0, "0005 00000000"));
		peer.isTold(ErrorCode.PROTOCOL_ERROR);
		upload.failure(ConnectionException.class);
	}

	/** The process ended; Jetty 12.0.16 ended the connection. */
	@Test
	void cve202627141UnknownFrameTypes() throws Exception {
		HostilePeer peer = new HostilePeer();
		for (int type = 0x0a; type <= 0xff; type++) {
			peer.sends(frame(type, 0xff, STREAM, "01"), frame(type, 0, 0, ""),
					frame(type, 0, 0x7fff_ffff, "00".repeat(9)));
		}
		peer.isBorne();
	}

	/** The window overflowed under an upload, and everybody waited for everybody. */
	@Test
	void goIssue77331WindowOverflowUnderAnUpload() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange upload = peer.peer().call(post("/upload", new byte[200_000]));
		peer.peer().settle();
		peer.sends(frame(WINDOW_UPDATE, 0, 0, "7fffffff"), frame(WINDOW_UPDATE, 0, 0, "7fffffff"));
		assertThat(upload.failure(ConnectionException.class).context().code()).isEqualTo(ErrorCode.FLOW_CONTROL_ERROR);
		peer.peer().loop().advance(TICK);
		peer.isTold(ErrorCode.FLOW_CONTROL_ERROR);
	}

	@Test
	void goIssue77331WindowOverflowOfTheStreamUnderItsUpload() throws Exception {
		HostilePeer peer = new HostilePeer();
		Exchange upload = peer.peer().call(post("/upload", new byte[200_000]));
		peer.peer().settle();
		peer.sends(frame(WINDOW_UPDATE, 0, 3, "7fffffff"), frame(WINDOW_UPDATE, 0, 3, "7fffffff"));
		assertThat(upload.failure(StreamException.class).context().code()).isEqualTo(ErrorCode.FLOW_CONTROL_ERROR);
		peer.isBorne(5);
	}

	/** Content was delivered although there was no final response. */
	@Test
	void goIssue65035DataAfterAnInterimResponse() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(HEADERS, 0x4, STREAM, "0803313033"), frame(DATA, 0, STREAM, "6f6b"));
		assertThat(peer.exchange().failure(StreamException.class).context().code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		peer.reads().worksOn(3);
	}

	// ---- credit ----

	/** h2 0.4.14 to 0.4.16: the credit of padding was lost, until nothing moved. */
	@Test
	void paddingIsGivenBack() throws Exception {
		HostilePeer peer = new HostilePeer((options) -> options.connectionWindowSize(70_000).initialWindowSize(65_535));
		byte[] frame = Octets.join(Octets.header(257, DATA, 0x8, STREAM), Octets.hex("ff 61"), new byte[255]);
		peer.sends(frame(HEADERS, 0x4, STREAM, OK));
		peer.exchange().hasStatus(200);
		// Four windows of padding around 1,020 octets that the caller reads.
		for (int i = 0; i < 1020; i++) {
			peer.sends(frame);
			assertThat(peer.exchange().body().read()).isEqualTo('a');
		}
		peer.sends(frame(DATA, 0x1, STREAM, ""));
		assertThat(peer.exchange().body().read()).isEqualTo(-1);
		peer.reads().worksOn(3);
	}

	/** OkHttp 4.12: an upload waited for credit with its octets not flushed. */
	@Test
	void anUploadIsFlushedBeforeItWaitsForCredit() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(SETTINGS, 0, 0, "0004 00000000")).reads();
		Exchange upload = peer.peer().call(post("/upload", new byte[100_000]));
		peer.peer().expect(headers(3)).expectNothing();
		int granted = 0;
		int arrived = 0;
		while (granted < 100_000) {
			granted += 1000;
			peer.sends(frame(WINDOW_UPDATE, 0, 3, "000003e8"), frame(WINDOW_UPDATE, 0, 0, "000003e8"));
			for (PeerFrame each : peer.peer().rest()) {
				arrived += each.length();
			}
			assertThat(arrived).as("all that has credit is on the wire").isEqualTo(granted);
		}
		peer.sends(frame(HEADERS, 0x5, 3, OK));
		upload.hasStatus(200);
	}

	// ---- ends ----

	/** Go: GOAWAY was written into a buffer, and the socket closed. */
	@Test
	void goAwayIsOnTheWireBeforeTheSocketCloses() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.peer().room(5);
		peer.sends(frame(DATA, 0, 2, ""));
		assertThat(peer.peer().isOutputFinished()).isFalse();
		peer.peer().unlimitedRoom().settle();
		peer.peer().loop().advance(TICK);
		peer.peer().expect(goAway(0, ErrorCode.PROTOCOL_ERROR)).expectNothing();
		assertThat(peer.peer().isOutputFinished()).isTrue();
		assertThat(peer.peer().isClosed()).as("the input is read on").isFalse();
	}

	/** Jetty #5310: the first step of a graceful end failed streams, or was ignored. */
	@Test
	void goAwayOf2To31Minus1LetsEveryStreamFinish() throws Exception {
		HostilePeer peer = new HostilePeer();
		peer.sends(frame(GOAWAY, 0, 0, "7fffffff 00000000"));
		assertThat(peer.peer().connection().tryReserve()).as("another request").isFalse();
		peer.sends(frame(GOAWAY, 0, 0, "00000001 00000000"), frame(HEADERS, 0x4, STREAM, OK));
		peer.sends(frame(DATA, 0x1, STREAM, "6f6b"));
		peer.exchange().hasStatus(200);
		assertThat(peer.exchange().text()).isEqualTo("ok");
		peer.peer().expect(goAway(0, ErrorCode.NO_ERROR)).expectNothing();
	}

	/** OkHttp 4.12 connected again and again; golang/go#77843 retried for ever. */
	@Test
	void goIssue77843ServersThatTurnEverythingAwayAreNotAskedForEver() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext()) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			List<ScriptedConn> turnedAway = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				ScriptedConn connection = server.greeted();
				connection.awaitHead();
				turnedAway.add(connection.goAway(0, ErrorCode.NO_ERROR, ""));
			}
			assertThat(call.failure(Http2Exception.class).isSafeToRetry()).isTrue();
			turnedAway.forEach(ScriptedConn::close);
			assertThat(server.accepted()).isEqualTo(3);
		}
	}

}
