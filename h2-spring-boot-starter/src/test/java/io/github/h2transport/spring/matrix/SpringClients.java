package io.github.h2transport.spring.matrix;

import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportListener;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Certificates;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.HttpStatusCodeException;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

/** The clients of one Spring Boot application, as its beans. */
final class SpringClients implements AutoCloseable {

	private final ConfigurableApplicationContext application;

	private final InterimResponses interim;

	SpringClients(Protocol protocol) {
		List<String> properties = new ArrayList<>(List.of("h2.transport.allow-http=true", "h2.transport.fallback=none",
				"spring.http.clients.read-timeout=20s", "spring.main.banner-mode=off",
				"spring.ssl.bundle.pem.servers.truststore.certificate=file:" + Certificates.localhost().certificate(),
				"spring.http.clients.ssl.bundle=servers"));
		if (protocol.isSecure()) {
			properties
				.add("spring.ssl.bundle.pem.servers.options.enabled-protocols=" + String.join(",", protocol.offered()));
		}
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
		this.interim = this.application.getBean(InterimResponses.class);
	}

	SharedHttp2Transport transport() {
		return this.application.getBean(SharedHttp2Transport.class);
	}

	Client restClient() {
		RestClient client = this.application.getBean(RestClient.Builder.class).build();
		return heard((ask) -> {
			RestClient.RequestBodySpec request = client.method(HttpMethod.valueOf(ask.method()))
				.uri(ask.uri())
				.headers((headers) -> ask.fields().forEach(headers::set));
			byte[] content = ask.content();
			if (content != null) {
				request.contentType(MediaType.APPLICATION_OCTET_STREAM);
				if (ask.streamed()) {
					request.body(writer(content));
				}
				else {
					request.body(content);
				}
			}
			return request.exchange((sent, response) -> {
				Answer.Summing sum = new Answer.Summing();
				InputStream in = response.getBody();
				byte[] piece = new byte[Client.PIECE];
				for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
					sum.add(piece, length);
				}
				return sum.answer(response.getStatusCode().value(), response.getHeaders().getContentLength(), null);
			});
		});
	}

	Client serviceGroup() {
		BlockingCalls calls = this.application.getBean(BlockingCalls.class);
		return heard((ask) -> {
			try {
				ResponseEntity<byte[]> entity = send(calls, ask);
				return answer(entity.getStatusCode().value(), entity.getHeaders(), entity.getBody());
			}
			catch (HttpStatusCodeException ex) {
				return answer(ex.getStatusCode().value(), ex.getResponseHeaders(), ex.getResponseBodyAsByteArray());
			}
		});
	}

	private static ResponseEntity<byte[]> send(BlockingCalls calls, Ask ask) {
		byte[] content = ask.content();
		if (content == null) {
			return "HEAD".equals(ask.method()) ? calls.head(ask.uri(), ask.fields())
					: calls.get(ask.uri(), ask.fields());
		}
		return ask.streamed() ? calls.upload(ask.uri(), ask.fields(), writer(content))
				: calls.post(ask.uri(), ask.fields(), content);
	}

	private static StreamingHttpOutputMessage.Body writer(byte[] content) {
		return (out) -> {
			for (int from = 0; from < content.length; from += Client.PIECE) {
				out.write(content, from, Math.min(Client.PIECE, content.length - from));
			}
		};
	}

	Client.Async webClient() {
		WebClient client = this.application.getBean(WebClient.Builder.class).build();
		return (ask) -> {
			WebClient.RequestBodySpec request = client.method(HttpMethod.valueOf(ask.method()))
				.uri(ask.uri())
				.headers((headers) -> ask.fields().forEach(headers::set))
				.httpRequest((message) -> nativeRequest(message.getNativeRequest(), ask));
			byte[] content = ask.content();
			if (content != null) {
				request.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(ask.streamed() ? BodyInserters.fromDataBuffers(pieces(content))
							: BodyInserters.fromValue(content));
			}
			return request
				.exchangeToMono((response) -> answer(response.statusCode().value(), response.headers().asHttpHeaders(),
						response.bodyToFlux(DataBuffer.class)))
				.toFuture();
		};
	}

	private static void nativeRequest(Http2Request.Builder request, Ask ask) {
		request.informational((status, headers) -> ask.interim().add(status + " " + headers.get("link")));
		if (!ask.trailers().isEmpty()) {
			Headers.Builder trailers = Headers.builder();
			ask.trailers().forEach(trailers::add);
			request.trailers(trailers::build);
		}
	}

	Client.Async reactiveServiceGroup() {
		ReactiveCalls calls = this.application.getBean(ReactiveCalls.class);
		return (ask) -> {
			this.interim.listenFor(ask);
			return send(calls, ask)
				.flatMap((entity) -> answer(entity.getStatusCode().value(), entity.getHeaders(), entity.getBody()))
				.onErrorResume(WebClientResponseException.class,
						(ex) -> ex.getStatusCode().isError()
								? Mono.just(answer(ex.getStatusCode().value(), ex.getHeaders(),
										ex.getResponseBodyAsByteArray()))
								// A failure in the middle of the content of an answer.
								: Mono.error(ex))
				.toFuture();
		};
	}

	private static Mono<ResponseEntity<Flux<DataBuffer>>> send(ReactiveCalls calls, Ask ask) {
		byte[] content = ask.content();
		if (content == null) {
			return "HEAD".equals(ask.method()) ? calls.head(ask.uri(), ask.fields())
					: calls.get(ask.uri(), ask.fields());
		}
		return ask.streamed() ? calls.upload(ask.uri(), ask.fields(), pieces(content))
				: calls.post(ask.uri(), ask.fields(), content);
	}

	private static Flux<DataBuffer> pieces(byte[] content) {
		int pieces = (content.length + Client.PIECE - 1) / Client.PIECE;
		return Flux.range(0, pieces)
			.map((piece) -> DefaultDataBufferFactory.sharedInstance.wrap(ByteBuffer.wrap(content, piece * Client.PIECE,
					Math.min(Client.PIECE, content.length - piece * Client.PIECE))));
	}

	private static Answer answer(int status, @Nullable HttpHeaders headers, byte @Nullable [] content) {
		Answer.Summing sum = new Answer.Summing();
		if (content != null) {
			sum.add(content);
		}
		return sum.answer(status, (headers != null) ? headers.getContentLength() : -1, null);
	}

	private static Mono<Answer> answer(int status, HttpHeaders headers, @Nullable Flux<DataBuffer> content) {
		Flux<DataBuffer> buffers = (content != null) ? content : Flux.empty();
		Supplier<Answer.Summing> start = Answer.Summing::new;
		return buffers.collect(start, (sum, buffer) -> {
			byte[] piece = new byte[buffer.readableByteCount()];
			buffer.read(piece);
			DataBufferUtils.release(buffer);
			sum.add(piece);
		}).map((sum) -> sum.answer(status, headers.getContentLength(), null));
	}

	/** Lets the application's listener write down what a client has no words for. */
	private Client heard(Client client) {
		return (ask) -> {
			this.interim.listenFor(ask);
			return client.call(ask);
		};
	}

	@Override
	public void close() {
		this.application.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportHttpServices(group = "blocking", types = BlockingCalls.class)
	@ImportHttpServices(group = "reactive", types = ReactiveCalls.class,
			clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
	static class Application {

		@Bean
		InterimResponses interimResponses() {
			return new InterimResponses();
		}

	}

	@HttpExchange
	interface BlockingCalls {

		@GetExchange
		ResponseEntity<byte[]> get(URI uri, @RequestHeader Map<String, String> fields);

		@HttpExchange(method = "HEAD")
		ResponseEntity<byte[]> head(URI uri, @RequestHeader Map<String, String> fields);

		@PostExchange(contentType = "application/octet-stream")
		ResponseEntity<byte[]> post(URI uri, @RequestHeader Map<String, String> fields, @RequestBody byte[] content);

		@PostExchange(contentType = "application/octet-stream")
		ResponseEntity<byte[]> upload(URI uri, @RequestHeader Map<String, String> fields,
				@RequestBody StreamingHttpOutputMessage.Body content);

	}

	@HttpExchange
	interface ReactiveCalls {

		@GetExchange
		Mono<ResponseEntity<Flux<DataBuffer>>> get(URI uri, @RequestHeader Map<String, String> fields);

		@HttpExchange(method = "HEAD")
		Mono<ResponseEntity<Flux<DataBuffer>>> head(URI uri, @RequestHeader Map<String, String> fields);

		@PostExchange(contentType = "application/octet-stream")
		Mono<ResponseEntity<Flux<DataBuffer>>> post(URI uri, @RequestHeader Map<String, String> fields,
				@RequestBody byte[] content);

		@PostExchange(contentType = "application/octet-stream")
		Mono<ResponseEntity<Flux<DataBuffer>>> upload(URI uri, @RequestHeader Map<String, String> fields,
				@RequestBody Flux<DataBuffer> content);

	}

	/** Hears of the interim responses of all calls and hands them to the asking one. */
	static final class InterimResponses implements TransportListener {

		private final Map<String, Ask> asks = new ConcurrentHashMap<>();

		void listenFor(Ask ask) {
			this.asks.put(ask.number(), ask);
		}

		@Override
		public void informational(Http2Request request, int status, Headers headers) {
			String number = request.headers().get(Ask.NUMBER_FIELD);
			Ask ask = (number != null) ? this.asks.get(number) : null;
			if (ask != null) {
				ask.interim().add(status + " " + headers.get("link"));
			}
		}

		@Override
		public void done(Http2Request request, @Nullable Throwable failure) {
			String number = request.headers().get(Ask.NUMBER_FIELD);
			if (number != null) {
				this.asks.remove(number);
			}
		}

	}

}
