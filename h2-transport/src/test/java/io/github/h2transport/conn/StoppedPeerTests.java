package io.github.h2transport.conn;

import java.io.IOException;
import java.time.Duration;

import io.github.h2transport.Http2TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.conn.ScriptedPeer.post;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Wherever a peer stops, a call ends by its deadline, with an error that names the limit.
 * Waiting for a connection, names and sockets need real threads: those are tested with
 * the transport and with the dialer.
 */
@Timeout(30)
class StoppedPeerTests {

	/** Shorter than what an answer to a PING may take. */
	private static final Duration LIMIT = Duration.ofMillis(900);

	/** What the clock of a connection may be late by. */
	private static final Duration TICK = Duration.ofMillis(100);

	private final ScriptedPeer peer = new ScriptedPeer().greet();

	@ParameterizedTest
	@EnumSource
	void aCallThatBlocksNobodyEndsByItsResponseTimeout(Stop stop) throws Exception {
		Exchange call = unblocked(stop, new CallTimes(deadline(stop), 0, 0));
		this.peer.advance(LIMIT.minus(TICK));
		assertThat(call.stream().failure()).isNull();
		this.peer.advance(TICK);
		assertThat(call.stream().failure()).isInstanceOf(Http2TimeoutException.class)
			.hasMessageContaining("responseTimeout (h2.transport.response-timeout)");
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatBlocksNobodyEndsByItsExchangeTimeout(Stop stop) throws Exception {
		Exchange call = unblocked(stop, new CallTimes(0, 0, deadline(stop)));
		this.peer.advance(LIMIT);
		assertThat(call.stream().failure()).isInstanceOf(Http2TimeoutException.class)
			.hasMessageContaining("exchangeTimeout (h2.transport.exchange-timeout)");
	}

	@ParameterizedTest
	@EnumSource
	void aBlockedCallEndsByItsResponseTimeout(Stop stop) throws Exception {
		long deadline = deadline(stop);
		Exchange call = stop.begin(this.peer, new CallTimes(deadline, 0, 0));
		Caller<?> waiting = call.waiting();
		this.peer.loop().passTime(LIMIT);
		waiting.poke();
		assertThat(waiting.failure()).isInstanceOf(Http2TimeoutException.class)
			.hasMessageContaining("responseTimeout (h2.transport.response-timeout)");
	}

	/** The silence before the call is not the call's. */
	private long deadline(Stop stop) {
		if (stop == Stop.IN_DOUBT) {
			this.peer.advance(Duration.ofSeconds(40));
		}
		return this.peer.in(LIMIT);
	}

	private Exchange unblocked(Stop stop, CallTimes times) throws IOException {
		Exchange call = stop.begin(this.peer, times);
		call.stream().onResponse(() -> {
		});
		this.peer.settle();
		return call;
	}

	/** Where the peer stops. */
	enum Stop {

		/** It does not answer the PING that goes before the request. */
		IN_DOUBT {

			@Override
			Exchange begin(ScriptedPeer peer, CallTimes times) throws IOException {
				return peer.call(get("/a"), times);
			}

		},

		/** It does not read at all. */
		FULL_SOCKET {

			@Override
			Exchange begin(ScriptedPeer peer, CallTimes times) throws IOException {
				peer.room(0);
				peer.call(get("/first"));
				peer.settle();
				return peer.call(get("/a"), times);
			}

		},

		/** It grants no window for the content. */
		NO_WINDOW {

			@Override
			Exchange begin(ScriptedPeer peer, CallTimes times) throws IOException {
				Exchange call = peer.call(post("/a", new byte[100_000]), times);
				peer.settle();
				return call;
			}

		},

		NO_HEAD {

			@Override
			Exchange begin(ScriptedPeer peer, CallTimes times) throws IOException {
				Exchange call = peer.call(get("/a"), times);
				peer.expect(headers(1).endStream());
				return call;
			}

		},

		/** It says that it is going to answer, and does not. */
		ONLY_INTERIM {

			@Override
			Exchange begin(ScriptedPeer peer, CallTimes times) throws IOException {
				Exchange call = peer.call(get("/a"), times);
				peer.send(headers(1).status(103));
				return call;
			}

		};

		abstract Exchange begin(ScriptedPeer peer, CallTimes times) throws IOException;

	}

}
