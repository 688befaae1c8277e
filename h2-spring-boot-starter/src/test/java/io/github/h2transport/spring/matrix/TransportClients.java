package io.github.h2transport.spring.matrix;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/** The transport without Spring, blocking and asynchronous. */
final class TransportClients implements AutoCloseable {

	private final Http2Transport transport = Http2Transport.builder()
		.options(TransportOptions.builder().allowHttp(true).shutdownTimeout(Duration.ofSeconds(1)).build())
		.build();

	private final @Nullable TlsOptions tls;

	TransportClients(Protocol protocol) {
		this.tls = protocol.tlsOptions();
	}

	Http2Transport transport() {
		return this.transport;
	}

	Client blocking() {
		return (ask) -> {
			RequestBody body = ask.streamed()
					? RequestBody.ofInputStream(new ByteArrayInputStream(content(ask)), RequestBody.UNKNOWN_LENGTH)
					: RequestBody.of(content(ask));
			try (Http2Response response = this.transport.roundTrip(request(ask, body))) {
				Answer.Summing sum = new Answer.Summing();
				InputStream in = response.body();
				byte[] piece = new byte[Client.PIECE];
				for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
					sum.add(piece, length);
				}
				return answer(response, sum);
			}
		};
	}

	Client.Async async() {
		return (ask) -> {
			RequestBody body = ask.streamed() ? RequestBody.ofPublisher(pieces(ask), RequestBody.UNKNOWN_LENGTH, true)
					: RequestBody.of(content(ask));
			return this.transport.roundTripAsync(request(ask, body)).thenCompose(TransportClients::read);
		};
	}

	private Http2Request request(Ask ask, RequestBody body) {
		Headers.Builder fields = Headers.builder();
		ask.fields().forEach(fields::add);
		Http2Request.Builder request = Http2Request.builder(ask.method(), ask.uri())
			.headers(fields.build())
			.body(body)
			.options(CallOptions.builder().tls(this.tls).build());
		ask.complete(request);
		return request.build();
	}

	private static byte[] content(Ask ask) {
		byte[] content = ask.content();
		return (content != null) ? content : new byte[0];
	}

	private static Flow.Publisher<ByteBuffer> pieces(Ask ask) {
		byte[] content = content(ask);
		int pieces = (content.length + Client.PIECE - 1) / Client.PIECE;
		return JdkFlowAdapter.publisherToFlowPublisher(Flux.range(0, pieces)
			.map((piece) -> ByteBuffer.wrap(content, piece * Client.PIECE,
					Math.min(Client.PIECE, content.length - piece * Client.PIECE))));
	}

	private static CompletableFuture<Answer> read(Http2Response response) {
		CompletableFuture<Answer> answer = new CompletableFuture<>();
		response.publisher().subscribe(new Flow.Subscriber<>() {

			private final Answer.Summing sum = new Answer.Summing();

			private Flow.@Nullable Subscription subscription;

			@Override
			public void onSubscribe(Flow.Subscription newSubscription) {
				this.subscription = newSubscription;
				newSubscription.request(1);
			}

			@Override
			public void onNext(ByteBuffer buffer) {
				byte[] piece = new byte[buffer.remaining()];
				buffer.get(piece);
				this.sum.add(piece);
				if (this.subscription != null) {
					this.subscription.request(1);
				}
			}

			@Override
			public void onError(Throwable failure) {
				answer.completeExceptionally(failure);
			}

			@Override
			public void onComplete() {
				answer.complete(answer(response, this.sum));
			}

		});
		return answer;
	}

	private static Answer answer(Http2Response response, Answer.Summing sum) {
		String length = response.headers().get("content-length");
		Map<String, String> trailers = new LinkedHashMap<>();
		Headers received = response.trailers();
		if (received != null) {
			received.forEach((field) -> trailers.put(field.name(), field.value()));
		}
		return sum.answer(response.status(), (length != null) ? Long.parseLong(length) : -1, trailers);
	}

	@Override
	public void close() {
		this.transport.close();
	}

}
