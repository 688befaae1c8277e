package io.github.h2transport.spring.faults;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.BodyInserters;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Content that its source gives in small pieces, to Tomcat as Spring Boot starts it: it
 * ends connections that bring small DATA frames ("Too much overhead"), and a part or an
 * item is a piece to Spring.
 */
@Timeout(300)
class SmallPiecesToStockServersTests {

	private static final int CALLS = 8;

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final ClientSide client = new ClientSide();

	private @Nullable StockServer server;

	@AfterEach
	void close() {
		this.client.close();
		if (this.server != null) {
			this.server.close();
		}
	}

	private StockServer start(boolean secure) {
		StockServer started = StockServer.Kind.SPRING_BOOT_TOMCAT.start(secure);
		this.server = started;
		return started;
	}

	private void allWentOverOneConnection() {
		assertThat(this.client.connectionsMade()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void formsOfSmallParts(boolean secure) {
		StockServer tomcat = start(secure);
		for (int parts = 1; parts <= 8; parts++) {
			for (int i = 0; i < CALLS; i++) {
				MultipartBodyBuilder form = new MultipartBodyBuilder();
				MultiValueMap<String, Object> blocking = new LinkedMultiValueMap<>();
				for (int part = 0; part < parts; part++) {
					form.part("part" + part, "12345");
					blocking.add("part" + part, "12345");
				}
				assertThat(this.client.web()
					.post()
					.uri(tomcat.uri("/parts"))
					.body(BodyInserters.fromMultipartData(form.build()))
					.retrieve()
					.bodyToMono(String.class)
					.block(LIMIT)).isEqualTo(String.valueOf(parts));
				assertThat(this.client.rest()
					.post()
					.uri(tomcat.uri("/parts"))
					.contentType(MediaType.MULTIPART_FORM_DATA)
					.body(blocking)
					.retrieve()
					.body(String.class)).isEqualTo(String.valueOf(parts));
			}
		}
		allWentOverOneConnection();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void shortItemsOfAFlux(boolean secure) {
		StockServer tomcat = start(secure);
		for (int items : new int[] { 2, 3, 10 }) {
			for (int i = 0; i < CALLS; i++) {
				assertThat(this.client.web()
					.post()
					.uri(tomcat.uri("/count"))
					.body(Flux.range(0, items).map((item) -> "item" + item), String.class)
					.retrieve()
					.bodyToMono(String.class)
					.block(LIMIT)).isEqualTo(String.valueOf(5 * items));
			}
		}
		allWentOverOneConnection();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void linesOfJson(boolean secure) {
		StockServer tomcat = start(secure);
		List<Item> items = IntStream.range(0, 5).mapToObj(Item::new).toList();
		for (int i = 0; i < CALLS; i++) {
			assertThat(this.client.web()
				.post()
				.uri(tomcat.uri("/count"))
				.contentType(MediaType.APPLICATION_NDJSON)
				.body(Flux.fromIterable(items), Item.class)
				.retrieve()
				.bodyToMono(String.class)
				.block(LIMIT)).isEqualTo("40");
		}
		allWentOverOneConnection();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aWriterThatFlushesEachItem(boolean secure) {
		StockServer tomcat = start(secure);
		for (int i = 0; i < CALLS; i++) {
			assertThat(this.client.rest()
				.post()
				.uri(tomcat.uri("/count"))
				.contentType(MediaType.APPLICATION_OCTET_STREAM)
				.body((StreamingHttpOutputMessage.Body) (out) -> {
					for (int item = 0; item < 50; item++) {
						out.write("12345".getBytes(StandardCharsets.US_ASCII));
						out.flush();
					}
				})
				.retrieve()
				.body(String.class)).isEqualTo("250");
		}
		allWentOverOneConnection();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void noContentAtAll(boolean secure) {
		StockServer tomcat = start(secure);
		for (int i = 0; i < CALLS; i++) {
			assertThat(
					this.client.rest().post().uri(tomcat.uri("/count")).body(new byte[0]).retrieve().body(String.class))
				.isEqualTo("0");
			assertThat(this.client.web()
				.post()
				.uri(tomcat.uri("/count"))
				.bodyValue(new byte[0])
				.retrieve()
				.bodyToMono(String.class)
				.block(LIMIT)).isEqualTo("0");
		}
		allWentOverOneConnection();
	}

	/**
	 * A line of JSON.
	 *
	 * @param n its only value
	 */
	record Item(int n) {
	}

}
