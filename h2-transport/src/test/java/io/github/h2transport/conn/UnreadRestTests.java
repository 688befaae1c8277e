package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.head;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 8.1: a client may reset a stream whose response it no longer wants.
 * Servers end connections that do so often, so what is left of a response is drained,
 * within bounds.
 */
@Timeout(30)
class UnreadRestTests {

	private static final Duration MORE_THAN_PATIENCE = Duration.ofMillis(300);

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	private Exchange call() throws IOException {
		Exchange call = this.peer.call(get("/a"));
		this.peer.expect(headers(1).endStream());
		return call;
	}

	@Test
	void whoReadsTheDeclaredLengthAndClosesResetsNothing() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "5"), data(1, "hello"));
		assertThat(call.text(5)).isEqualTo("hello");

		call.response().close();

		this.peer.settle().expectNothing();
		this.peer.send(data(1, "").endStream()).isAtRest().expectNothing();
	}

	@Test
	void whoReadsAllThatHasArrivedAndClosesResetsNothing() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "{}"));
		assertThat(call.text(2)).isEqualTo("{}");

		call.response().close();

		this.peer.settle().expectNothing();
		this.peer.send(data(1, "").endStream()).isAtRest().expectNothing();
	}

	@Test
	void aSmallRestThatNobodyHasReadMayStillCome() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "16384"), data(1, "x"));
		call.response().close();

		this.peer.settle().expectNothing();
		this.peer.send(data(1, "x".repeat(16_383)).endStream()).isAtRest().expectNothing();
	}

	@Test
	void aHeadWithoutEndStreamNeedsNoReset() throws Exception {
		Exchange ofHead = this.peer.call(head("/a"));
		this.peer.expect(headers(1).endStream()).send(headers(1).status(200));
		ofHead.response().close();

		this.peer.settle().expectNothing();
		this.peer.send(data(1, "").endStream()).expectNothing();
		assertThat(ofHead.stream().isClosed()).isTrue();
	}

	@Test
	void anEndThatDoesNotComeIsNotWaitedFor() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "5"), data(1, "hello"));
		assertThat(call.text(5)).isEqualTo("hello");
		call.response().close();

		this.peer.settle().expectNothing();
		this.peer.advance(MORE_THAN_PATIENCE);

		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void contentOfUnknownLengthMayStillComeWhetherAnyWasReadOrNot() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "event 1"));
		call.response().close();
		this.peer.settle().expectNothing();

		this.peer.send(data(1, "event 2"), data(1, "event 3").endStream()).isAtRest().expectNothing();

		assertThat(call.stream().isClosed()).isTrue();
	}

	@Test
	void contentOfUnknownLengthIsResetWhenThereIsTooMuchOfIt() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200), data(1, "x"));
		call.response().close();
		for (int i = 0; i < 4; i++) {
			this.peer.send(data(1, "x".repeat(16 * 1024)));
		}
		this.peer.settle().expectNothing();

		this.peer.send(data(1, "x"));

		this.peer.expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void aLargeRestIsResetAtOnce() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "65538"), data(1, "x"));
		call.response().close();

		this.peer.settle().expect(rstStream(1, ErrorCode.CANCEL)).isAtRest();
	}

	@Test
	void aThousandResponsesWhoseReadersStopBeforeTheEndStayOnOneConnection() throws Exception {
		Exchange call = call();
		this.peer.send(headers(1).status(200).with("content-length", "1"), data(1, "x"));
		call.text(1);
		call.response().close();
		this.peer.send(data(1, "").endStream());
		for (int id = 3; id < 2_000; id += 2) {
			Exchange next = this.peer.call(get("/a"));
			this.peer.expect(headers(id).endStream());
			this.peer.send(headers(id).status(200).with("content-length", "1"), data(id, "x"));
			next.text(1);
			next.response().close();
			this.peer.settle().send(data(id, "").endStream()).expectNothing();
		}
		this.peer.isAtRest();
		assertThat(this.peer.connection().state()).isEqualTo(ConnectionState.OPEN);
	}

}
