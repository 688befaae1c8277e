package io.github.h2transport.spring.matrix;

import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.github.h2transport.Http2Request;
import io.github.h2transport.spring.Http2CallAttributes;
import io.github.h2transport.spring.Http2ExchangeInfo;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.testkit.Certificates;
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
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

/** The clients of one Spring Boot application, as its beans. */
final class SpringClients implements AutoCloseable {

	private final ConfigurableApplicationContext application;

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
	}

	SharedHttp2Transport transport() {
		return this.application.getBean(SharedHttp2Transport.class);
	}

	Client restClient() {
		RestClient client = this.application.getBean(RestClient.Builder.class).build();
		return (ask) -> {
			Http2ExchangeInfo info = new Http2ExchangeInfo();
			RestClient.RequestBodySpec request = client.method(HttpMethod.valueOf(ask.method()))
				.uri(ask.uri())
				.headers((headers) -> ask.fields().forEach(headers::set))
				.attribute(Http2CallAttributes.EXCHANGE, info)
				.attribute(Http2CallAttributes.REQUEST, completion(ask));
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
				return answer(response.getStatusCode(), response.getHeaders(), sum, info);
			});
		};
	}

	Client serviceGroup() {
		BlockingCalls calls = this.application.getBean(BlockingCalls.class);
		return (ask) -> {
			Http2ExchangeInfo info = new Http2ExchangeInfo();
			ResponseEntity<byte[]> entity = send(calls, ask, info);
			Answer.Summing sum = new Answer.Summing();
			if (entity.getBody() != null) {
				sum.add(entity.getBody());
			}
			return answer(entity.getStatusCode(), entity.getHeaders(), sum, info);
		};
	}

	private static ResponseEntity<byte[]> send(BlockingCalls calls, Ask ask, Http2ExchangeInfo info) {
		byte[] content = ask.content();
		if (content == null) {
			return "HEAD".equals(ask.method()) ? calls.head(ask.uri(), ask.fields(), info, completion(ask))
					: calls.get(ask.uri(), ask.fields(), info, completion(ask));
		}
		return ask.streamed() ? calls.upload(ask.uri(), ask.fields(), info, completion(ask), writer(content))
				: calls.post(ask.uri(), ask.fields(), info, completion(ask), content);
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
			Http2ExchangeInfo info = new Http2ExchangeInfo();
			WebClient.RequestBodySpec request = client.method(HttpMethod.valueOf(ask.method()))
				.uri(ask.uri())
				.headers((headers) -> ask.fields().forEach(headers::set))
				.attribute(Http2CallAttributes.EXCHANGE, info)
				.attribute(Http2CallAttributes.REQUEST, completion(ask));
			byte[] content = ask.content();
			if (content != null) {
				request.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(ask.streamed() ? BodyInserters.fromDataBuffers(pieces(content))
							: BodyInserters.fromValue(content));
			}
			return request
				.exchangeToMono((response) -> summed(response.bodyToFlux(DataBuffer.class))
					.map((sum) -> answer(response.statusCode(), response.headers().asHttpHeaders(), sum, info)))
				.toFuture();
		};
	}

	Client.Async reactiveServiceGroup() {
		ReactiveCalls calls = this.application.getBean(ReactiveCalls.class);
		return (ask) -> {
			Http2ExchangeInfo info = new Http2ExchangeInfo();
			return send(calls, ask, info)
				.flatMap((entity) -> summed((entity.getBody() != null) ? entity.getBody() : Flux.empty())
					.map((sum) -> answer(entity.getStatusCode(), entity.getHeaders(), sum, info)))
				.toFuture();
		};
	}

	private static Mono<ResponseEntity<Flux<DataBuffer>>> send(ReactiveCalls calls, Ask ask, Http2ExchangeInfo info) {
		byte[] content = ask.content();
		if (content == null) {
			return "HEAD".equals(ask.method()) ? calls.head(ask.uri(), ask.fields(), info, completion(ask))
					: calls.get(ask.uri(), ask.fields(), info, completion(ask));
		}
		return ask.streamed() ? calls.upload(ask.uri(), ask.fields(), info, completion(ask), pieces(content))
				: calls.post(ask.uri(), ask.fields(), info, completion(ask), content);
	}

	private static Flux<DataBuffer> pieces(byte[] content) {
		int pieces = (content.length + Client.PIECE - 1) / Client.PIECE;
		return Flux.range(0, pieces)
			.map((piece) -> DefaultDataBufferFactory.sharedInstance.wrap(ByteBuffer.wrap(content, piece * Client.PIECE,
					Math.min(Client.PIECE, content.length - piece * Client.PIECE))));
	}

	private static Consumer<Http2Request.Builder> completion(Ask ask) {
		return ask::complete;
	}

	private static Mono<Answer.Summing> summed(Flux<DataBuffer> content) {
		return content.collect(Answer.Summing::new, (sum, buffer) -> {
			byte[] piece = new byte[buffer.readableByteCount()];
			buffer.read(piece);
			DataBufferUtils.release(buffer);
			sum.add(piece);
		});
	}

	private static Answer answer(HttpStatusCode status, HttpHeaders headers, Answer.Summing sum,
			Http2ExchangeInfo info) {
		HttpHeaders trailers = info.trailers();
		return sum.answer(status.value(), headers.getContentLength(),
				(trailers != null) ? trailers.toSingleValueMap() : Map.of());
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

		/** An error status is an answer here, as it is for the other clients. */
		@Bean
		RestClientHttpServiceGroupConfigurer everyStatusIsAnAnswer() {
			return (groups) -> groups
				.forEachClient((group, client) -> client.defaultStatusHandler((status) -> true, (request, response) -> {
				}));
		}

		@Bean
		WebClientHttpServiceGroupConfigurer everyStatusIsAnAnswerToo() {
			return (groups) -> groups.forEachClient((group, client) -> client
				.defaultStatusHandler(HttpStatusCode::isError, (response) -> Mono.empty()));
		}

	}

	@HttpExchange
	interface BlockingCalls {

		@GetExchange
		ResponseEntity<byte[]> get(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion);

		@HttpExchange(method = "HEAD")
		ResponseEntity<byte[]> head(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion);

		@PostExchange(contentType = "application/octet-stream")
		ResponseEntity<byte[]> post(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion,
				@RequestBody byte[] content);

		@PostExchange(contentType = "application/octet-stream")
		ResponseEntity<byte[]> upload(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion,
				@RequestBody StreamingHttpOutputMessage.Body content);

	}

	@HttpExchange
	interface ReactiveCalls {

		@GetExchange
		Mono<ResponseEntity<Flux<DataBuffer>>> get(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion);

		@HttpExchange(method = "HEAD")
		Mono<ResponseEntity<Flux<DataBuffer>>> head(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion);

		@PostExchange(contentType = "application/octet-stream")
		Mono<ResponseEntity<Flux<DataBuffer>>> post(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion,
				@RequestBody byte[] content);

		@PostExchange(contentType = "application/octet-stream")
		Mono<ResponseEntity<Flux<DataBuffer>>> upload(URI uri, @RequestHeader Map<String, String> fields,
				@RequestAttribute(Http2CallAttributes.EXCHANGE) Http2ExchangeInfo info,
				@RequestAttribute(Http2CallAttributes.REQUEST) Consumer<Http2Request.Builder> completion,
				@RequestBody Flux<DataBuffer> content);

	}

}
