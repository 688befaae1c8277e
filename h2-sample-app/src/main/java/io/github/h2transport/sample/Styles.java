package io.github.h2transport.sample;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.boot.webclient.autoconfigure.WebClientSsl;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** The three ways of Spring to call a server, each with the builder that Boot gives. */
@Component
class Styles {

	private final Targets targets;

	private final RestClient restClient;

	private final WebClient webClient;

	private final Greetings greetings;

	Styles(Targets targets, RestClient.Builder restClient, RestClientSsl restClientSsl, WebClient.Builder webClient,
			WebClientSsl webClientSsl, Greetings greetings) {
		this.targets = targets;
		this.restClient = restClient.apply(restClientSsl.fromBundle(TlsConfiguration.BUNDLE)).build();
		this.webClient = webClient.apply(webClientSsl.fromBundle(TlsConfiguration.BUNDLE)).build();
		this.greetings = greetings;
	}

	RestClient restClient() {
		return this.restClient;
	}

	WebClient webClient() {
		return this.webClient;
	}

	/**
	 * Asks itself for a greeting in each style.
	 * @param tls whether over TLS
	 * @return the three answers, which are the same
	 */
	Answers greet(boolean tls) {
		URI uri = this.targets.self(tls, "/greeting");
		return new Answers(this.restClient.get().uri(uri).retrieve().body(String.class),
				this.webClient.get().uri(uri).retrieve().bodyToMono(String.class).block(),
				this.greetings.greeting(uri));
	}

	/**
	 * Follows the application's own stream of events.
	 * @param events how many
	 * @param tls whether over TLS
	 * @return the events as they come; a cancel ends the stream and not the connection
	 */
	Flux<String> follow(int events, boolean tls) {
		return this.webClient.get()
			.uri(this.targets.self(tls, "/events"))
			.accept(MediaType.TEXT_EVENT_STREAM)
			.retrieve()
			.bodyToFlux(String.class)
			.take(events);
	}

	/**
	 * The same answer three times.
	 *
	 * @param restClient what RestClient got
	 * @param webClient what WebClient got
	 * @param httpExchange what the interface returned
	 */
	record Answers(@Nullable String restClient, @Nullable String webClient, String httpExchange) {
	}

}
