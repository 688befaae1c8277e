package io.github.h2transport.conn;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.protocol.RequestHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/** Two threads at the same octets: each is credited, copied or cancelled exactly once. */
@Timeout(60)
class CreditHammerTests {

	private static final int ROUNDS = 400;

	@Test
	void everyOctetIsCreditedOnceWhoeverReadsClosesOrCancels() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		for (int i = 0; i < 64; i++) {
			// No memory left, so that credit goes back on consumption alone.
			peer.resources().budget().add(Integer.MAX_VALUE);
		}
		long full = peer.resources().budget().buffered();
		for (int round = 0; round < ROUNDS; round++) {
			// Time for so many resets: more in a row would retire the connection.
			peer.advance(Duration.ofSeconds(1));
			int id = 2 * round + 1;
			Exchange call = peer.call(get("/a"));
			peer.send(headers(id).status(200), data(id, 100), data(id, 100));
			InputStream body = call.stream().awaitResponse().body();
			boolean cancel = round % 2 == 0;
			Caller<Boolean> reader = Caller.of(() -> {
				byte[] some = new byte[30];
				try {
					while (body.read(some) >= 0) {
						Thread.onSpinWait();
					}
				}
				catch (IOException ex) {
					// The other thread was faster.
				}
				return true;
			});
			Caller<Boolean> leaver = Caller.of(() -> {
				if (cancel) {
					call.stream()
						.cancel(ErrorCode.CANCEL, new CallCancelledException("left", null,
								FailureContext.of(Initiator.CALLER, Phase.RESPONSE_BODY)));
				}
				body.close();
				return true;
			});
			peer.wire().deliver(peer.octetsOf(data(id, 100), data(id, 100), data(id, 100).padded(20)));
			peer.settle();
			leaver.result();
			reader.result();
			peer.settle();
			// What had read everything when it was closed is not waited for any longer.
			peer.advance(Duration.ofMillis(300));
			assertThat(peer.resources().budget().buffered()).as("round " + round).isEqualTo(full);
			assertThat(peer.connection().receiveWindow().outstanding()).as("round " + round).isZero();
			assertThat(peer.connection().activeStreams()).as("round " + round).isZero();
		}
	}

	@Test
	void aSlotIsReleasedOnceWhenTheEndAndACancelCross() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		for (int round = 0; round < ROUNDS; round++) {
			// Time for so many resets: more in a row would retire the connection.
			peer.advance(Duration.ofSeconds(1));
			int id = 2 * round + 1;
			Exchange call = peer.call(get("/a"));
			peer.settle();
			Caller<Boolean> leaver = Caller.of(() -> {
				call.stream()
					.cancel(ErrorCode.CANCEL, new CallCancelledException("left", null,
							FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD)));
				return true;
			});
			peer.wire().deliver(peer.octetsOf(headers(id).status(200), data(id, 10).endStream()));
			peer.settle();
			leaver.result();
			peer.isAtRest();
		}
	}

	@Test
	void aRequestThatIsCancelledWhileItIsOpenedReleasesItsSlotOnce() throws Exception {
		// The peer never says anything, which is no matter here.
		ScriptedPeer peer = new ScriptedPeer((options) -> options.probeIdleAfter(Duration.ZERO)).greet();
		for (int round = 0; round < ROUNDS; round++) {
			// Time for so many resets: more in a row would retire the connection.
			peer.advance(Duration.ofSeconds(1));
			peer.holdCallsBack();
			Exchange call = peer.call(get("/a"));
			Caller<Boolean> leaver = Caller.of(() -> {
				call.stream()
					.cancel(ErrorCode.CANCEL, new CallCancelledException("left", null,
							FailureContext.of(Initiator.CALLER, Phase.REQUEST_HEAD)));
				return true;
			});
			peer.settle();
			leaver.result();
			peer.isAtRest();
		}
	}

	@Test
	void noOctetIsCopiedAfterAnUploadWasCalledOff() throws Exception {
		for (int round = 0; round < 2_000; round++) {
			byte[] octets = new byte[16_384];
			Upload upload = Objects.requireNonNull(Upload.of(plan(octets)));
			ByteBuffer out = ByteBuffer.allocate(octets.length);
			AtomicBoolean begun = new AtomicBoolean();
			Caller<Boolean> loop = Caller.of(() -> {
				begun.set(true);
				boolean copied = true;
				while (copied && out.position() < octets.length) {
					copied = upload.copy(out, 1024);
				}
				return copied;
			});
			while (!begun.get()) {
				Thread.onSpinWait();
			}
			upload.callOff();
			// The array is the caller's again.
			Arrays.fill(octets, (byte) 1);
			loop.result();
			assertThat(Arrays.copyOf(out.array(), out.position())).isEqualTo(new byte[out.position()]);
		}
	}

	private static StreamPlan plan(byte[] content) throws InvalidRequestException {
		RequestBody body = RequestBody.of(content);
		Http2Request request = Http2Request.builder("POST", URI.create("http://localhost/")).body(body).build();
		return StreamPlan.of(RequestHead.of(request), body, new CallTimes(0, 0, 0));
	}

}
