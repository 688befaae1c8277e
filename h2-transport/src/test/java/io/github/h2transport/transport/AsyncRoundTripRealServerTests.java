package io.github.h2transport.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.ServerKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Asynchronous round trips with real servers, every body checked.
 */
class AsyncRoundTripRealServerTests {

	private static final int MIB = 1 << 20;

	private static final TlsOptions TLS = TlsOptions.of(Certificates.localhost().clientContext());

	static Stream<Arguments> serversAndTls() {
		return Stream.of(ServerKind.values())
			.flatMap((kind) -> Stream.of(Arguments.of(kind, false), Arguments.of(kind, true)));
	}

	@ParameterizedTest
	@MethodSource("serversAndTls")
	void aHundredCallsAtOnceArePublishedOnOneConnection(ServerKind kind, boolean tls) throws Exception {
		try (RealServer server = server(kind, tls).maxConcurrentStreams(128).file("/file", 50_000).start();
				Http2Transport transport = transport()) {
			List<CompletableFuture<byte[]>> bodies = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				bodies.add(transport.roundTripAsync(request("GET", server, "/file").build()).thenCompose((response) -> {
					Collector collector = new Collector(3);
					response.publisher().subscribe(collector);
					return collector.whole;
				}));
			}
			for (CompletableFuture<byte[]> body : bodies) {
				assertThat(Content.sha256(body.get(30, TimeUnit.SECONDS)))
					.isEqualTo(Content.sha256(Content.ofSize(50_000)));
			}
			assertThat(transport.snapshot().origins().get(0).connections()).hasSize(1);
		}
	}

	@ParameterizedTest
	@MethodSource("serversAndTls")
	void postsBytesStreamsAndPublishers(ServerKind kind, boolean tls) throws Exception {
		byte[] content = Content.ofSize(5 * MIB);
		try (RealServer server = server(kind, tls).start(); Http2Transport transport = transport()) {
			List<RequestBody> bodies = List.of(RequestBody.of(content),
					RequestBody.ofInputStream(() -> new ByteArrayInputStream(content), content.length),
					RequestBody.ofPublisher(new Slices(content, 10_007), content.length, true),
					RequestBody.ofPublisher(new Slices(content, 100_000), RequestBody.UNKNOWN_LENGTH, true));
			for (RequestBody body : bodies) {
				Collector collector = new Collector(1);
				Http2Response response = transport.roundTripAsync(request("POST", server, "/echo").body(body).build())
					.get(30, TimeUnit.SECONDS);
				assertThat(response.status()).isEqualTo(200);
				response.publisher().subscribe(collector);
				assertThat(Content.sha256(collector.whole.get(30, TimeUnit.SECONDS)))
					.isEqualTo(Content.sha256(content));
			}
			assertThat(transport.snapshot().origins().get(0).connections()).hasSize(1);
		}
	}

	@ParameterizedTest
	@MethodSource("serversAndTls")
	void aFailingPublisherIsTheFailureOfTheCall(ServerKind kind, boolean tls) throws Exception {
		IOException failure = new IOException("the source is gone");
		try (RealServer server = server(kind, tls).file("/file", 10).start();
				Http2Transport transport = transport();
				SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
			CompletableFuture<Http2Response> result = transport.roundTripAsync(request("POST", server, "/echo")
				.body(RequestBody.ofPublisher(publisher, RequestBody.UNKNOWN_LENGTH, false))
				.build());
			publisher.submit(ByteBuffer.wrap(new byte[100]));
			publisher.closeExceptionally(failure);
			assertThatThrownBy(() -> result.orTimeout(30, TimeUnit.SECONDS).join())
				.isInstanceOf(CompletionException.class)
				.cause()
				.isSameAs(failure);
			try (Http2Response next = transport.roundTrip(request("GET", server, "/file").build())) {
				assertThat(next.body().readAllBytes()).isEqualTo(Content.ofSize(10));
			}
		}
	}

	private static RealServer.Builder server(ServerKind kind, boolean tls) {
		RealServer.Builder builder = RealServer.of(kind);
		return tls ? builder.tls(Certificates.localhost()) : builder;
	}

	private static Http2Transport transport() {
		return Http2Transport.builder().options(TransportOptions.builder().allowHttp(true).build()).build();
	}

	private static Http2Request.Builder request(String method, RealServer server, String path) {
		return Http2Request.builder(method, server.uri(path)).options(CallOptions.builder().tls(TLS).build());
	}

	/** Asks for a few buffers at a time and puts them together. */
	private static final class Collector implements Flow.Subscriber<ByteBuffer> {

		private final int batch;

		private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

		private final CompletableFuture<byte[]> whole = new CompletableFuture<>();

		private Flow.Subscription subscription;

		private int open;

		private Collector(int batch) {
			this.batch = batch;
		}

		@Override
		public void onSubscribe(Flow.Subscription newSubscription) {
			this.subscription = newSubscription;
			this.open = this.batch;
			newSubscription.request(this.batch);
		}

		@Override
		public void onNext(ByteBuffer buffer) {
			byte[] piece = new byte[buffer.remaining()];
			buffer.get(piece);
			this.octets.writeBytes(piece);
			if (--this.open == 0) {
				this.open = this.batch;
				this.subscription.request(this.batch);
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.whole.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			this.whole.complete(this.octets.toByteArray());
		}

	}

	/** Publishes an array in slices, as many as are asked for, on the asking thread. */
	private record Slices(byte[] content, int size) implements Flow.Publisher<ByteBuffer> {

		@Override
		public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
			subscriber.onSubscribe(new Flow.Subscription() {

				private int position;

				private boolean over;

				@Override
				public void request(long n) {
					for (long i = 0; i < n && !this.over; i++) {
						int length = Math.min(Slices.this.size, Slices.this.content.length - this.position);
						this.position += length;
						this.over = this.position == Slices.this.content.length;
						boolean last = this.over;
						subscriber.onNext(ByteBuffer.wrap(Slices.this.content, this.position - length, length));
						if (last) {
							subscriber.onComplete();
						}
					}
				}

				@Override
				public void cancel() {
					this.over = true;
				}

			});
		}

	}

}
