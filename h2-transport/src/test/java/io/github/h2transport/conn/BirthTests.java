package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.preface;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 3.4: the first octets of a connection. */
@Timeout(30)
class BirthTests {

	private final ScriptedPeer peer = new ScriptedPeer();

	@Test
	void prefaceSettingsAndWindowUpdateComeFirst() {
		this.peer.connect()
			.expect(preface(), settings(0x2, 0, 0x4, 256 * 1024, 0x6, 64 * 1024),
					windowUpdate(0, 16 * 1024 * 1024 - 65_535))
			.expectNothing();
	}

	@Test
	void aRequestIsTakenBeforeTheServersSettingsArrive() throws Exception {
		this.peer.connect();
		assertThat(this.peer.observer().take()).containsExactly("opened");
		this.peer.call(get("/a"));
		this.peer.expect(preface(), settings(), windowUpdate(0), headers(1).with(":path", "/a").endStream());
	}

	@Test
	void theFirstRequestsGoOutInOneWriteWithThePreface() throws Exception {
		this.peer.holdCallsBack();
		this.peer.loop().turn(() -> {
			this.peer.connection().driver().dialLimit().extend(Duration.ofHours(1));
			this.peer.connection().driver().connected(this.peer.wire());
			this.peer.connection().tryReserve();
			this.peer.connection().tryReserve();
			try {
				this.peer.start(get("/a"));
				this.peer.start(get("/b"));
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		});
		assertThat(this.peer.wire().takeWrites()).hasSize(1);
		this.peer.expect(preface(), settings(), windowUpdate(0), headers(1).with(":path", "/a").endStream(),
				headers(3).with(":path", "/b").endStream());
	}

	@Test
	void nothingIsWrittenWhileTheWireIsBeingSetUp() throws Exception {
		this.peer.wire().holdHandshake();
		this.peer.connect().expectNothing();
		assertThat(this.peer.connection().tryReserve()).isFalse();
		this.peer.wire().finishHandshake();
		this.peer.loop().ready(this.peer.connection().driver(), 0);
		this.peer.expect(preface(), settings(), windowUpdate(0));
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.OPEN);
	}

	@Test
	void settingsAreAcknowledged() {
		this.peer.connect().expect(preface(), settings(), windowUpdate(0));
		this.peer.send(settings()).expect(settingsAck()).expectNothing();
	}

	@Test
	void aServerThatSpeaksHttp1IsNamed() throws Exception {
		this.peer.connect().expect(preface(), settings(), windowUpdate(0));
		Exchange call = this.peer.call(get("/a"));
		this.peer.sendOctets("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
		assertThat(call.failure(ConnectFailedException.class)).hasMessageContaining("HTTP/1.1");
		this.peer.expect(headers(1).endStream(), goAway(0, ErrorCode.PROTOCOL_ERROR));
	}

	@Test
	void aServerThatClosesAtOnceGetsADiagnosis() throws Exception {
		this.peer.connect();
		Exchange call = this.peer.call(get("/a"));
		this.peer.endOfInput();
		assertThat(call.failure(ConnectFailedException.class)).hasMessageContaining("before it sent SETTINGS");
		assertThat(this.peer.observer().closedBy()).isInstanceOf(ConnectFailedException.class);
	}

	@Test
	void missingSettingsEndTheConnectionAtItsDeadline() throws Exception {
		this.peer.connect().expect(preface(), settings(), windowUpdate(0));
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		this.peer.advance(Duration.ofSeconds(9)).expectNothing();
		this.peer.advance(Duration.ofSeconds(1)).expect(goAway(0, ErrorCode.SETTINGS_TIMEOUT));
		Http2TimeoutException failure = call.failure(Http2TimeoutException.class);
		assertThat(failure.context().phase()).isEqualTo(Phase.PREFACE);
		assertThat(failure.isSafeToRetry()).isFalse();
	}

}
