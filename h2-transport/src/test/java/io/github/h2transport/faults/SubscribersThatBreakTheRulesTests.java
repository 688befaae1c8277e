package io.github.h2transport.faults;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * A subscriber of a response that breaks the rules of Reactive Streams harms itself only:
 * its stream is cancelled, its slot is free, it hears what sections 2.13 and 3.9 say, and
 * the calls beside it on the connection go on.
 */
@Timeout(60)
class SubscribersThatBreakTheRulesTests {

	private static final byte[] PIECE = new byte[1000];

	static Stream<Arguments> everywhere() {
		return Stream.of(Peer.values())
			.flatMap((peer) -> Stream.of(CallStyle.values())
				.flatMap((style) -> Stream.of(Mistake.values())
					.filter((mistake) -> mistake.endsStream)
					.map((mistake) -> Arguments.of(peer, style, mistake))));
	}

	@ParameterizedTest
	@MethodSource("everywhere")
	void theirStreamIsCancelledAndTheCallsBesideItGoOn(Peer peer, CallStyle style, Mistake mistake) throws Exception {
		try (Http2Transport transport = Peer.transport((options) -> {
		}); ScriptedServer server = peer.start()) {
			Call<String> beside = Call
				.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/beside"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			Call<Http2Response> call = Call.of(() -> style.roundTrip(transport, Http2Request.get(server.uri("/"))));
			connection.awaitHead();
			connection.respondHead(3, 200, "content-length", "1000000");
			Subscriber subscriber = new Subscriber(mistake);

			Throwable thrown = catchThrowable(() -> call.result().publisher().subscribe(subscriber));
			connection.data(3, PIECE).data(3, PIECE).data(3, PIECE);

			assertThat(connection.awaitReset(3)).isEqualTo(ErrorCode.CANCEL);
			assertThat(thrown).isEqualTo((mistake == Mistake.ON_SUBSCRIBE_THROWS) ? subscriber.mine : null);
			connection.respondHead(1, 200).lastData(1, "untouched".getBytes());
			assertThat(beside.result()).isEqualTo("200 untouched");
			await().until(() -> subscriber.heard.equals(mistake.hears));
			connection.barrier();
			assertThat(subscriber.heard).isEqualTo(mistake.hears);
			if (mistake.isDemand()) {
				assertThat(subscriber.failure.get(10, TimeUnit.SECONDS)).isInstanceOf(IllegalArgumentException.class);
			}
			Transports.awaitRest(transport);
		}
	}

	/** Everything has arrived, so there is nothing to be reset. */
	@ParameterizedTest
	@EnumSource(names = { "ON_NEXT_THROWS", "LATER_ON_NEXT_THROWS", "ON_COMPLETE_THROWS", "DEMAND_OF_NOTHING",
			"LATER_NEGATIVE_DEMAND" })
	void aCompleteResponseIsLeftWithoutAReset(Mistake mistake) {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<Http2Response> call = Call.of(() -> transport.roundTrip(Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respondHead(1, 200).data(1, PIECE).data(1, PIECE).lastData(1, PIECE).barrier();
			Subscriber subscriber = new Subscriber(mistake);

			call.result().publisher().subscribe(subscriber);

			List<String> expected = (mistake == Mistake.ON_COMPLETE_THROWS)
					? List.of("next", "next", "next", "complete") : mistake.hears;
			await().until(() -> subscriber.heard.equals(expected));
			Transports.awaitRest(transport);
			assertThat(connection.barrier()).noneMatch((frame) -> frame instanceof ClientFrame.RstStream);
			assertThat(Call.of(() -> {
				CompletableFuture<Http2Response> next = transport.roundTripAsync(Http2Request.get(server.uri("/next")));
				connection.respond(connection.awaitHead().streamId(), 204);
				return next.get(10, TimeUnit.SECONDS).status();
			}).result()).isEqualTo(204);
			assertThat(subscriber.heard).isEqualTo(expected);
		}
	}

	/** The failure of the stream is told to one who cannot take even that. */
	@Test
	void aSubscriberThatThrowsAtItsFailureHarmsNobody() {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<Http2Response> call = Call.of(() -> transport.roundTrip(Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respondHead(1, 200);
			Subscriber subscriber = new Subscriber(Mistake.ON_ERROR_THROWS);
			call.result().publisher().subscribe(subscriber);
			Call<String> beside = Call
				.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/beside"))));
			connection.awaitHead();

			connection.rstStream(1, ErrorCode.INTERNAL_ERROR);
			connection.respond(3, 204);

			assertThat(beside.result()).isEqualTo("204");
			await().until(() -> subscriber.heard.equals(List.of("error")));
			Transports.awaitRest(transport);
		}
	}

	/** Section 1.9. */
	@Test
	void noSubscriberIsRefusedAndTheContentIsStillThere() throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Call<Http2Response> call = Call.of(() -> transport.roundTrip(Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respondHead(1, 200).lastData(1, PIECE);
			Flow.Publisher<ByteBuffer> content = call.result().publisher();
			assertThatNullPointerException().isThrownBy(() -> content.subscribe(null));
			Subscriber subscriber = new Subscriber(Mistake.NONE);
			content.subscribe(subscriber);
			await().until(() -> subscriber.heard.equals(List.of("next", "complete")));
		}
	}

	/** What a subscriber does wrong, and what it hears nevertheless. */
	enum Mistake {

		NONE, ON_SUBSCRIBE_THROWS, ON_NEXT_THROWS("next"), ON_NEXT_OVERFLOWS("next"),
		LATER_ON_NEXT_THROWS("next", "next"), DEMAND_OF_NOTHING("error"), NEGATIVE_DEMAND("error"),
		LATER_NEGATIVE_DEMAND("next", "error"), DEMAND_OF_NOTHING_FROM_ANOTHER_THREAD("next", "error"),
		ERROR_OF_NEGATIVE_DEMAND_THROWS("error"), ON_COMPLETE_THROWS, ON_ERROR_THROWS;

		private final List<String> hears;

		/** Whether it is made while the response still comes. */
		private final boolean endsStream = !List.of("NONE", "ON_COMPLETE_THROWS", "ON_ERROR_THROWS").contains(name());

		Mistake(String... hears) {
			this.hears = List.of(hears);
		}

		boolean isDemand() {
			return name().contains("DEMAND");
		}

	}

	private static final class Subscriber implements Flow.Subscriber<ByteBuffer> {

		private final RuntimeException mine = new IllegalStateException("the caller's");

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

		private final Mistake mistake;

		private Flow.Subscription subscription;

		private Subscriber(Mistake mistake) {
			this.mistake = mistake;
		}

		@Override
		public void onSubscribe(Flow.Subscription newSubscription) {
			this.subscription = newSubscription;
			switch (this.mistake) {
				case DEMAND_OF_NOTHING -> newSubscription.request(0);
				case NEGATIVE_DEMAND, ERROR_OF_NEGATIVE_DEMAND_THROWS -> newSubscription.request(-1);
				case DEMAND_OF_NOTHING_FROM_ANOTHER_THREAD -> newSubscription.request(1);
				default -> newSubscription.request(100);
			}
			if (this.mistake == Mistake.ON_SUBSCRIBE_THROWS) {
				throw this.mine;
			}
		}

		@Override
		public void onNext(ByteBuffer item) {
			this.heard.add("next");
			switch (this.mistake) {
				case ON_NEXT_THROWS -> throw this.mine;
				case ON_NEXT_OVERFLOWS -> throw new StackOverflowError("the caller's");
				case LATER_ON_NEXT_THROWS -> {
					if (this.heard.size() == 2) {
						throw this.mine;
					}
				}
				case LATER_NEGATIVE_DEMAND -> this.subscription.request(-100);
				case DEMAND_OF_NOTHING_FROM_ANOTHER_THREAD -> new Thread(() -> this.subscription.request(0)).start();
				default -> {
				}
			}
		}

		@Override
		public void onError(Throwable newFailure) {
			this.heard.add("error");
			this.failure.complete(newFailure);
			if (this.mistake == Mistake.ERROR_OF_NEGATIVE_DEMAND_THROWS || this.mistake == Mistake.ON_ERROR_THROWS) {
				throw this.mine;
			}
		}

		@Override
		public void onComplete() {
			this.heard.add("complete");
			if (this.mistake == Mistake.ON_COMPLETE_THROWS) {
				throw this.mine;
			}
		}

	}

}
