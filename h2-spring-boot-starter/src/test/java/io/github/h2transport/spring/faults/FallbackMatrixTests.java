package io.github.h2transport.spring.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each call is made twice by an application with each client that Spring Boot knows: once
 * with the starter, which falls back to that client, and once with the starter switched
 * off. What the server saw and what the caller got must be the same, but for what the
 * table of docs/http1.md says.
 */
@Timeout(600)
class FallbackMatrixTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@Test
	void eachCallIsWhatItIsWithoutTheStarter() throws IOException {
		Map<String, Set<String>> differences = new TreeMap<>();
		StringBuilder details = new StringBuilder();
		try (RecordingHttp1Server server = new RecordingHttp1Server()) {
			for (Client client : Client.values()) {
				for (boolean hasty : List.of(false, true)) {
					String limit = "spring.http.clients.read-timeout=" + (hasty ? "1s" : "30s");
					try (ConfigurableApplicationContext with = client.application(limit);
							ConfigurableApplicationContext without = client.application(limit,
									"h2.transport.enabled=false")) {
						compare(server, client, hasty, blockingCalls(), with.getBean(RestClient.Builder.class).build(),
								without.getBean(RestClient.Builder.class).build())
							.forEach((call, detail) -> {
								differences.computeIfAbsent(call, (name) -> new TreeSet<>())
									.add("RestClient over " + client);
								details.append("\nRestClient over " + client + ": " + call + detail);
							});
						if (client.isReactive()) {
							compare(server, client, hasty, reactiveCalls(),
									with.getBean(WebClient.Builder.class).build(),
									without.getBean(WebClient.Builder.class).build())
								.forEach((call, detail) -> {
									differences.computeIfAbsent(call, (name) -> new TreeSet<>())
										.add("WebClient over " + client);
									details.append("\nWebClient over " + client + ": " + call + detail);
								});
						}
					}
				}
			}
		}
		assertThat(differences).as(details.toString()).isEqualTo(documented());
	}

	/** Returns which clients differ by the name of the call, as docs/http1.md says. */
	private static Map<String, Set<String>> documented() throws IOException {
		Map<String, Set<String>> documented = new TreeMap<>();
		boolean inTable = false;
		for (String line : Files.readAllLines(Path.of("..", "docs", "http1.md"))) {
			if (line.startsWith("| call | client |")) {
				inTable = true;
			}
			else if (inTable && line.startsWith("| `")) {
				String[] cells = line.split("\\|");
				for (String call : cells[1].split(",")) {
					for (String client : cells[2].split(",")) {
						documented.computeIfAbsent(call.replace("`", "").strip(), (name) -> new TreeSet<>())
							.add(client.strip());
					}
				}
			}
			else if (!line.startsWith("|")) {
				inTable = false;
			}
		}
		return documented;
	}

	/** Returns what both have seen for the calls that differ. */
	private static <C> Map<String, String> compare(RecordingHttp1Server server, Client client, boolean hasty,
			Map<String, Call<C>> calls, C with, C without) {
		Map<String, String> differences = new TreeMap<>();
		calls.forEach((name, call) -> {
			// Jetty follows these, or fails since it has read the content already, and
			// may follow later than it says so.
			boolean comparable = client != Client.JETTY || !name.startsWith("POST redirect ");
			if (comparable && hasty == (name.endsWith(" silent") || name.endsWith(" stops"))) {
				String first = outcome(server, name, call, with);
				String second = outcome(server, name, call, without);
				// Jetty fails in one of several ways, as the end comes before or after
				// the request.
				boolean alike = client == Client.JETTY && first.startsWith("failure ") && second.startsWith("failure ");
				if (!alike && !first.equals(second)) {
					differences.put(name, "\n-- with\n" + first + "\n-- without\n" + second);
				}
			}
		});
		return differences;
	}

	private static <C> String outcome(RecordingHttp1Server server, String name, Call<C> call, C client) {
		server.takeSeen();
		String got;
		try {
			got = call.make(client, server::uri);
		}
		catch (Throwable ex) {
			got = failure(ex);
		}
		// Whether the server has seen content that was broken off depends on the moment.
		if (name.endsWith(" that fails")) {
			return got;
		}
		List<String> seen = server.takeSeen().stream().filter((request) -> !request.contains("[half]")).toList();
		String all = got + "\n" + String.join("\n", seen);
		// Newer JDKs leave Content-Length: 0 out of a GET that follows a redirect of
		// their own.
		return name.startsWith("GET redirect ") ? all.replace("length 0 []", "no content []") : all;
	}

	private static String failure(Throwable failure) {
		if (failure instanceof RestClientResponseException answered) {
			return failure.getMessage() + answered.getStatusText() + answered.getResponseHeaders();
		}
		if (failure instanceof WebClientResponseException answered) {
			return failure.getMessage() + answered.getStatusText() + answered.getHeaders();
		}
		// The words may differ, and what lies behind the first cause.
		Throwable cause = failure.getCause();
		if (failure.getClass().getName().equals("reactor.core.Exceptions$ReactiveException")) {
			// Content that is broken off ends in one of several ways with HttpComponents.
			return "failure of the content";
		}
		return "failure " + failure.getClass().getName() + ((cause != null) ? " < " + cause.getClass().getName() : "");
	}

	private static Map<String, Call<RestClient>> blockingCalls() {
		Map<String, Call<RestClient>> calls = new TreeMap<>();
		calls.put("GET", get("/text"));
		calls.put("GET in chunks", get("/chunked"));
		calls.put("GET until close", get("/until-close"));
		calls.put("GET with fields",
				(client, uri) -> text(client.get()
					.uri(uri.apply("/text"))
					.header("X-CuStOm", "a", "b")
					.header("x-lower", "c")
					.header("Cookie", "by=hand")
					.header("If-None-Match", "\"1\"")));
		calls.put("GET gzip", get("/gzip"));
		calls.put("GET gzip not asked for", get("/gzip-always"));
		calls.put("GET gzip asked for by the caller",
				(client, uri) -> text(client.get().uri(uri.apply("/gzip")).header("Accept-Encoding", "gzip")));
		calls.put("GET gzip error", get("/gzip-error"));
		calls.put("GET range", (client, uri) -> text(client.get().uri(uri.apply("/gzip")).header("Range", "bytes=0-")));
		calls.put("GET large", get("/large"));
		calls.put("GET Set-Cookie", get("/cookies"));
		calls.put("GET events", get("/events"));
		calls.put("HEAD", (client, uri) -> text(client.head().uri(uri.apply("/text"))));
		calls.put("OPTIONS", (client, uri) -> text(client.options().uri(uri.apply("/text"))));
		calls.put("DELETE", (client, uri) -> text(client.delete().uri(uri.apply("/text"))));
		calls.put("PATCH", (client, uri) -> text(client.patch().uri(uri.apply("/echo")).body("patch")));
		calls.put("DELETE with content",
				(client, uri) -> text(client.method(HttpMethod.DELETE).uri(uri.apply("/echo")).body("gone")));
		calls.put("POST nothing", (client, uri) -> text(client.post().uri(uri.apply("/echo"))));
		calls.put("PUT nothing", (client, uri) -> text(client.put().uri(uri.apply("/echo"))));
		calls.put("POST text", (client, uri) -> text(client.post().uri(uri.apply("/echo")).body("text")));
		calls.put("POST empty text", (client, uri) -> text(client.post().uri(uri.apply("/echo")).body("")));
		calls.put("POST bytes",
				(client, uri) -> text(client.post().uri(uri.apply("/echo")).body(new byte[] { 65, 66 })));
		calls.put("POST json", (client, uri) -> text(client.post().uri(uri.apply("/echo")).body(Map.of("a", 1))));
		calls.put("POST form", (client, uri) -> text(client.post().uri(uri.apply("/echo")).body(form())));
		calls.put("POST multipart", (client, uri) -> text(
				client.post().uri(uri.apply("/sink")).contentType(MediaType.MULTIPART_FORM_DATA).body(parts())));
		calls.put("POST stream",
				(client, uri) -> text(client.post()
					.uri(uri.apply("/echo"))
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(new InputStreamResource(new ByteArrayInputStream("stream".getBytes())))));
		calls.put("POST writer", (client,
				uri) -> text(client.post().uri(uri.apply("/echo")).body((out) -> out.write("written".getBytes()))));
		calls.put("POST with declared length",
				(client, uri) -> text(client.post()
					.uri(uri.apply("/echo"))
					.header("content-length", "7")
					.body((out) -> out.write("written".getBytes()))));
		calls.put("POST writer that fails", (client, uri) -> text(client.post().uri(uri.apply("/echo")).body((out) -> {
			out.write("half".getBytes());
			throw new IOException("no more");
		})));
		calls.put("POST in gzip",
				(client, uri) -> text(client.post()
					.uri(uri.apply("/echo"))
					.header("Content-Encoding", "gzip")
					.contentType(MediaType.TEXT_PLAIN)
					.body("as if")));
		for (int status : List.of(400, 401, 404, 407, 500, 503, 204, 304)) {
			calls.put("status " + status, get("/status/" + status));
			calls.put("POST status " + status,
					(client, uri) -> text(client.post().uri(uri.apply("/status/" + status)).body("text")));
		}
		for (int status : List.of(301, 302, 303, 307, 308)) {
			calls.put("GET redirect " + status, get("/redirect/" + status + "/text"));
			calls.put("POST redirect " + status,
					(client, uri) -> text(client.post().uri(uri.apply("/redirect/" + status + "/echo")).body("text")));
		}
		for (String trouble : List.of("reset", "no-answer", "cut", "garbage", "silent", "stops")) {
			calls.put("GET " + trouble, get("/" + trouble));
			calls.put("POST " + trouble,
					(client, uri) -> text(client.post().uri(uri.apply("/" + trouble)).body("text")));
		}
		calls.put("refused", (client, uri) -> text(client.get().uri("http://127.0.0.1:1/")));
		calls.put("unknown host", (client, uri) -> text(client.get().uri("http://no-such-host.invalid/")));
		calls.put("host with underscore", (client, uri) -> text(client.get().uri("http://no_such_host.invalid/")));
		calls.put("bodiless entity", (client, uri) -> String
			.valueOf(client.get().uri(uri.apply("/text")).retrieve().toBodilessEntity().getStatusCode()));
		calls.put("closed early",
				(client, uri) -> client.get()
					.uri(uri.apply("/large"))
					.exchange((request, response) -> String.valueOf(response.getBody().read())));
		return calls;
	}

	private static Call<RestClient> get(String path) {
		return (client, uri) -> text(client.get().uri(uri.apply(path)));
	}

	private static String text(RestClient.RequestHeadersSpec<?> call) {
		return text(call.retrieve().toEntity(byte[].class));
	}

	private static String text(ResponseEntity<byte[]> entity) {
		byte[] body = entity.getBody();
		Map<String, Object> fields = new TreeMap<>();
		entity.getHeaders().forEach(fields::put);
		String content = (body == null) ? "null" : new String(body, StandardCharsets.ISO_8859_1);
		return entity.getStatusCode() + " " + fields + " " + content.length() + " "
				+ content.substring(0, Math.min(300, content.length()));
	}

	private static MultiValueMap<String, String> form() {
		MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
		form.add("a", "1");
		form.add("b", "ü");
		return form;
	}

	private static MultiValueMap<String, Object> parts() {
		MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
		parts.add("text", "value");
		parts.add("file", new ByteArrayResource("content".getBytes()) {
			@Override
			public String getFilename() {
				return "file.txt";
			}
		});
		return parts;
	}

	private static Map<String, Call<WebClient>> reactiveCalls() {
		Map<String, Call<WebClient>> calls = new TreeMap<>();
		calls.put("GET", reactiveGet("/text"));
		calls.put("GET in chunks", reactiveGet("/chunked"));
		calls.put("GET until close", reactiveGet("/until-close"));
		calls.put("GET with fields",
				(client, uri) -> reactive(client.get()
					.uri(uri.apply("/text"))
					.header("X-CuStOm", "a", "b")
					.header("x-lower", "c")
					.header("If-None-Match", "\"1\"")));
		calls.put("GET with cookies",
				(client, uri) -> reactive(client.get().uri(uri.apply("/text")).cookie("a", "1").cookie("b", "2")));
		calls.put("GET gzip", reactiveGet("/gzip"));
		calls.put("GET gzip not asked for", reactiveGet("/gzip-always"));
		calls.put("GET gzip asked for by the caller",
				(client, uri) -> reactive(client.get().uri(uri.apply("/gzip")).header("Accept-Encoding", "gzip")));
		calls.put("GET gzip error", reactiveGet("/gzip-error"));
		calls.put("GET range",
				(client, uri) -> reactive(client.get().uri(uri.apply("/gzip")).header("Range", "bytes=0-")));
		calls.put("GET large", reactiveGet("/large"));
		calls.put("GET Set-Cookie", reactiveGet("/cookies"));
		calls.put("GET events", (client, uri) -> String.valueOf(
				client.get().uri(uri.apply("/events")).retrieve().bodyToFlux(String.class).collectList().block(LIMIT)));
		calls.put("HEAD", (client, uri) -> reactive(client.head().uri(uri.apply("/text"))));
		calls.put("OPTIONS", (client, uri) -> reactive(client.options().uri(uri.apply("/text"))));
		calls.put("DELETE", (client, uri) -> reactive(client.delete().uri(uri.apply("/text"))));
		calls.put("PATCH", (client, uri) -> reactive(client.patch().uri(uri.apply("/echo")).bodyValue("patch")));
		calls.put("DELETE with content",
				(client, uri) -> reactive(client.method(HttpMethod.DELETE).uri(uri.apply("/echo")).bodyValue("gone")));
		calls.put("POST nothing", (client, uri) -> reactive(client.post().uri(uri.apply("/echo"))));
		calls.put("PUT nothing", (client, uri) -> reactive(client.put().uri(uri.apply("/echo"))));
		calls.put("POST text", (client, uri) -> reactive(client.post().uri(uri.apply("/echo")).bodyValue("text")));
		calls.put("POST empty text", (client, uri) -> reactive(client.post().uri(uri.apply("/echo")).bodyValue("")));
		calls.put("POST bytes",
				(client, uri) -> reactive(client.post().uri(uri.apply("/echo")).bodyValue(new byte[] { 65, 66 })));
		calls.put("POST json",
				(client, uri) -> reactive(client.post().uri(uri.apply("/echo")).bodyValue(Map.of("a", 1))));
		calls.put("POST form", (client,
				uri) -> reactive(client.post().uri(uri.apply("/echo")).body(BodyInserters.fromFormData(form()))));
		calls.put("POST multipart", (client,
				uri) -> reactive(client.post().uri(uri.apply("/sink")).body(BodyInserters.fromMultipartData(parts()))));
		calls.put("POST flux of texts",
				(client, uri) -> reactive(client.post()
					.uri(uri.apply("/echo"))
					.contentType(MediaType.TEXT_PLAIN)
					.body(Flux.just("one", "two", "three"), String.class)));
		calls.put("POST ndjson",
				(client, uri) -> reactive(client.post()
					.uri(uri.apply("/echo"))
					.contentType(MediaType.APPLICATION_NDJSON)
					.body(Flux.just(Map.of("a", 1), Map.of("a", 2)), Map.class)));
		calls.put("POST buffers",
				(client, uri) -> reactive(client.post()
					.uri(uri.apply("/echo"))
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(BodyInserters.fromDataBuffers(Flux.just("a", "b").map(FallbackMatrixTests::buffer)))));
		calls.put("POST empty mono",
				(client, uri) -> reactive(client.post().uri(uri.apply("/echo")).body(Mono.empty(), String.class)));
		calls.put("POST flux with declared length",
				(client, uri) -> reactive(client.post()
					.uri(uri.apply("/echo"))
					.header("content-length", "2")
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(BodyInserters.fromDataBuffers(Flux.just("a", "b").map(FallbackMatrixTests::buffer)))));
		calls.put("POST flux that fails", (client, uri) -> reactive(client.post()
			.uri(uri.apply("/echo"))
			.contentType(MediaType.TEXT_PLAIN)
			.body(Flux.just("one").concatWith(Flux.error(new IllegalStateException("no more"))), String.class)));
		for (int status : List.of(400, 401, 404, 407, 500, 503, 204, 304)) {
			calls.put("status " + status, reactiveGet("/status/" + status));
			calls.put("retrieve status " + status, (client, uri) -> String.valueOf(
					client.get().uri(uri.apply("/status/" + status)).retrieve().bodyToMono(String.class).block(LIMIT)));
		}
		for (int status : List.of(301, 302, 303, 307, 308)) {
			calls.put("GET redirect " + status, reactiveGet("/redirect/" + status + "/text"));
			calls.put("POST redirect " + status, (client,
					uri) -> reactive(client.post().uri(uri.apply("/redirect/" + status + "/echo")).bodyValue("text")));
		}
		for (String trouble : List.of("reset", "no-answer", "cut", "garbage", "silent", "stops")) {
			calls.put("GET " + trouble, reactiveGet("/" + trouble));
			calls.put("POST " + trouble,
					(client, uri) -> reactive(client.post().uri(uri.apply("/" + trouble)).bodyValue("text")));
		}
		calls.put("refused", (client, uri) -> reactive(client.get().uri("http://127.0.0.1:1/")));
		calls.put("unknown host", (client, uri) -> reactive(client.get().uri("http://no-such-host.invalid/")));
		calls.put("bodiless entity", (client, uri) -> String
			.valueOf(client.get().uri(uri.apply("/text")).retrieve().toBodilessEntity().block(LIMIT).getStatusCode()));
		return calls;
	}

	private static DataBuffer buffer(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes());
	}

	private static Call<WebClient> reactiveGet(String path) {
		return (client, uri) -> reactive(client.get().uri(uri.apply(path)));
	}

	private static String reactive(WebClient.RequestHeadersSpec<?> call) {
		return call
			.exchangeToMono(
					(response) -> response.toEntity(byte[].class).map((entity) -> response.cookies() + text(entity)))
			.block(LIMIT);
	}

	/** One call by a client of either kind. */
	@FunctionalInterface
	private interface Call<C> {

		String make(C client, Function<String, URI> uri) throws Exception;

	}

	private enum Client {

		JDK("the JDK's", "org.apache.hc", "org.eclipse.jetty.client", "reactor.netty"),

		JETTY("Jetty", "org.apache.hc", "reactor.netty"),

		REACTOR_NETTY("Reactor Netty", "org.apache.hc", "org.eclipse.jetty.client"),

		HTTP_COMPONENTS("HttpComponents", "org.eclipse.jetty.client", "reactor.netty"),

		/** What is left if not even the JDK's is there: only blocking. */
		SIMPLE("HttpURLConnection", "org.apache.hc", "org.eclipse.jetty.client", "reactor.netty",
				"java.net.http.HttpClient", "org.springframework.web.reactive");

		private final String shown;

		private final String[] missing;

		Client(String shown, String... missing) {
			this.shown = shown;
			this.missing = missing;
		}

		boolean isReactive() {
			return this != SIMPLE;
		}

		ConfigurableApplicationContext application(String... properties) {
			return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties(properties)
				.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader(this.missing)))
				.run();
		}

		@Override
		public String toString() {
			return this.shown;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
