package io.github.h2transport.spring.calls;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** The same call by a blocking and by a reactive client that Spring Boot has made. */
enum EitherClient {

	REST_CLIENT {

		@Override
		Calls of(RestClient.Builder blocking, WebClient.@Nullable Builder reactive) {
			RestClient client = blocking.build();
			return (request) -> {
				RestClient.RequestBodySpec call = client.method(request.method).uri(request.uri);
				call.headers(request.headers);
				request.attributes.forEach(call::attribute);
				if (request.body != null) {
					call.body(request.body);
				}
				return call.retrieve().onStatus((status) -> true, (sent, response) -> {
				}).toEntity(byte[].class);
			};
		}

	},

	WEB_CLIENT {

		@Override
		Calls of(RestClient.Builder blocking, WebClient.@Nullable Builder reactive) {
			assertThat(reactive).isNotNull();
			WebClient client = reactive.build();
			return (request) -> {
				WebClient.RequestBodySpec call = client.method(request.method).uri(request.uri);
				call.headers(request.headers);
				request.attributes.forEach(call::attribute);
				if (request.body != null) {
					call.bodyValue(request.body);
				}
				ResponseEntity<byte[]> answer = call.exchangeToMono((response) -> response.toEntity(byte[].class))
					.block(LIMIT);
				assertThat(answer).isNotNull();
				return answer;
			};
		}

	};

	private static final Duration LIMIT = Duration.ofSeconds(30);

	abstract Calls of(RestClient.Builder blocking, WebClient.@Nullable Builder reactive);

	/**
	 * Makes a client from the builder that an application injects.
	 * @param application a started application
	 * @return the client
	 */
	Calls in(BeanFactory application) {
		return of(application.getBean(RestClient.Builder.class), application.getBean(WebClient.Builder.class));
	}

	/** Makes calls. */
	@FunctionalInterface
	interface Calls {

		ResponseEntity<byte[]> send(Request request);

		default ResponseEntity<byte[]> get(URI uri) {
			return send(new Request(HttpMethod.GET, uri));
		}

		default ResponseEntity<byte[]> get(URI uri, Consumer<HttpHeaders> headers) {
			return send(new Request(HttpMethod.GET, uri).headers(headers));
		}

		default String text(URI uri) {
			byte[] body = get(uri).getBody();
			return (body != null) ? new String(body, java.nio.charset.StandardCharsets.UTF_8) : "";
		}

		/**
		 * Makes a call that fails.
		 * @param request the request
		 * @return what Spring's exception has as its cause
		 */
		default Throwable failure(Request request) {
			Throwable failure = catchThrowable(() -> send(request));
			if (failure instanceof ResourceAccessException || failure instanceof WebClientException
					|| failure instanceof RestClientException) {
				assertThat(failure.getCause()).as(failure.toString()).isNotNull();
				return failure.getCause();
			}
			assertThat(failure).isNotNull();
			// WebClient hands failures of the content on as they are; block() wraps them.
			return (failure.getCause() != null && failure.getClass() == RuntimeException.class) ? failure.getCause()
					: reactor.core.Exceptions.unwrap(failure);
		}

	}

	/** A request for both kinds. */
	static final class Request {

		private final HttpMethod method;

		private final URI uri;

		private Consumer<HttpHeaders> headers = (none) -> {
		};

		private @Nullable Object body;

		private Map<String, Object> attributes = Map.of();

		Request(HttpMethod method, URI uri) {
			this.method = method;
			this.uri = uri;
		}

		Request headers(Consumer<HttpHeaders> newHeaders) {
			this.headers = newHeaders;
			return this;
		}

		Request body(Object newBody) {
			this.body = newBody;
			return this;
		}

		Request attribute(String name, Object value) {
			this.attributes = Map.of(name, value);
			return this;
		}

	}

}
