package io.github.h2transport.faults;

import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportListener;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CapturedLog;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A response that nobody closes keeps its slot only as long as somebody could still read
 * it: once it is garbage its stream is reset, and the log says so.
 */
@Timeout(60)
class LostResponseTests {

	private static final String LOG = "io.github.h2transport.connections";

	private final ScriptedServer server = ScriptedServer.start();

	private final CapturedLog log = CapturedLog.of(LOG, Level.WARNING);

	private final Http2Transport transport = Http2Transport.builder()
		.options(Transports.options((options) -> options.shutdownTimeout(Duration.ofSeconds(10))))
		// What is told of a call must not keep its response.
		.listener(new TransportListener() {
		})
		.build();

	@AfterEach
	void end() {
		this.server.close();
		this.transport.close();
		this.log.close();
	}

	private final List<Object> subscribers = new CopyOnWriteArrayList<>();

	/** What of a response the caller still has before it loses that too. */
	enum Held {

		RESPONSE {
			@Override
			Object of(Http2Response response) {
				return response;
			}
		},

		BODY {
			@Override
			Object of(Http2Response response) {
				return response.body();
			}
		},

		PUBLISHER {
			@Override
			Object of(Http2Response response) {
				return response.publisher();
			}
		};

		abstract Object of(Http2Response response);

	}

	private Http2Request request() {
		return Http2Request.get(this.server.uri("/report?token=secret"));
	}

	/** With content from a publisher, which may keep what it is told. */
	private Http2Request upload() {
		return Http2Request.builder("GET", this.server.uri("/report?token=secret"))
			.body(RequestBody.ofPublisher((subscriber) -> {
				this.subscribers.add(subscriber);
				subscriber.onSubscribe(new Flow.Subscription() {

					@Override
					public void request(long count) {
						subscriber.onComplete();
					}

					@Override
					public void cancel() {
					}

				});
			}, RequestBody.UNKNOWN_LENGTH, false))
			.build();
	}

	/** In a frame of its own, so that nothing is left of it on this one. */
	private Object call(Held held, boolean blocking) throws Exception {
		return held.of(blocking ? this.transport.roundTrip(request())
				: this.transport.roundTripAsync(upload()).get(20, TimeUnit.SECONDS));
	}

	private Call<Object> calling(Held held, boolean blocking) {
		return Call.of(() -> new Object[] { call(held, blocking) });
	}

	private static @Nullable Object takenFrom(Call<Object> call) {
		Object[] box = (Object[]) call.result();
		Object held = box[0];
		box[0] = null;
		return held;
	}

	private void awaitWarning(int count) {
		await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
			System.gc();
			assertThat(this.log.lines(Level.WARNING)).hasSize(count);
		});
	}

	private static void collectGarbage() {
		WeakReference<Object> canary = new WeakReference<>(new Object());
		await().until(() -> {
			System.gc();
			return canary.get() == null;
		});
	}

	@ParameterizedTest
	@EnumSource
	void theStreamOfAResponseThatIsGarbageIsReset(Held held) {
		ScriptedConn connection = null;
		for (boolean blocking : new boolean[] { true, false }) {
			Call<Object> call = calling(held, blocking);
			connection = (connection != null) ? connection : this.server.greeted();
			int id = connection.awaitHead().streamId();
			connection.respondHead(id, 200).data(id, new byte[1000]);
			Object kept = takenFrom(call);
			for (int i = 0; i < 3; i++) {
				collectGarbage();
				connection.barrier();
			}
			assertThat(Transports.connections(this.transport).get(0).streams()).as("while it is held").hasSize(1);
			Reference.reachabilityFence(kept);
			kept = null;

			await().until(() -> {
				System.gc();
				return Transports.connections(this.transport).get(0).streams().isEmpty();
			});

			assertThat(connection.awaitReset(id)).isEqualTo(ErrorCode.CANCEL);
			Transports.awaitRest(this.transport);
		}
		// One in a minute.
		assertThat(this.log.lines(Level.WARNING)).singleElement()
			.asString()
			.contains("A response was never closed: GET /report (connection c1 to ", "stream 1)")
			.doesNotContain("secret");
	}

	@Test
	void aResponseThatIsCompleteAndUnreadIsFoundToo() {
		Call<Object> call = calling(Held.RESPONSE, true);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200).lastData(1, new byte[1000]);
		takenFrom(call);

		awaitWarning(1);
	}

	@Test
	void whoReadsToTheEndNeedNotClose() {
		Call<Integer> call = Call.of(() -> this.transport.roundTrip(request()).body().readAllBytes().length);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200).lastData(1, new byte[1000]);
		assertThat(call.result()).isEqualTo(1000);
		Call<Object> lost = calling(Held.RESPONSE, true);
		connection.awaitHead();
		connection.respondHead(3, 200);
		takenFrom(lost);

		awaitWarning(1);

		assertThat(this.log.lines(Level.WARNING).get(0)).contains("stream 3)");
	}

	@Test
	void whoWaitsForContentHasNotLostIt() {
		Call<Integer> reading = Call.of(() -> {
			InputStream body = this.transport.roundTrip(request()).body();
			return body.read();
		});
		Call<String> publishing = Call.of(() -> {
			CompletableFuture<String> content = new CompletableFuture<>();
			this.transport.roundTrip(request()).publisher().subscribe(new OneBuffer(content));
			return content.get(20, TimeUnit.SECONDS);
		});
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.awaitHead();
		connection.respondHead(1, 200).respondHead(3, 200);
		await().until(() -> reading.isWaiting() && publishing.isWaiting());
		for (int i = 0; i < 3; i++) {
			collectGarbage();
			connection.barrier();
		}

		connection.lastData(1, new byte[] { 7 }).lastData(3, new byte[] { 7 });

		assertThat(Transports.connections(this.transport)).hasSize(1);
		assertThat(reading.result()).isEqualTo(7);
		assertThat(publishing.result()).isEqualTo("1 octets");
		assertThat(this.log.lines(Level.WARNING)).isEmpty();
	}

	@Test
	void theTransportStopsAtOnceAlthoughAResponseWasLost() {
		Call<Object> call = calling(Held.RESPONSE, true);
		ScriptedConn connection = this.server.greeted();
		connection.awaitHead();
		connection.respondHead(1, 200).data(1, new byte[1000]);
		takenFrom(call);
		awaitWarning(1);

		assertThat(this.transport.shutdown(Duration.ofSeconds(30))).succeedsWithin(Duration.ofSeconds(10));
	}

	/** Tells how many octets the first buffer has. */
	private static final class OneBuffer implements Flow.Subscriber<ByteBuffer> {

		private final CompletableFuture<String> content;

		private OneBuffer(CompletableFuture<String> content) {
			this.content = content;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(1);
		}

		@Override
		public void onNext(ByteBuffer octets) {
			this.content.complete(octets.remaining() + " octets");
		}

		@Override
		public void onError(Throwable failure) {
			this.content.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			this.content.complete("nothing");
		}

	}

}
