package io.github.h2transport.benchmarks;

import java.net.URI;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Headers;
import io.github.h2transport.spring.CannedExchange;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What a GET costs in Spring alone, and with our adapters below it: without network and
 * without transport. The difference is what the adapters add.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Threads(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class AdapterBenchmark {

	private static final byte[] CONTENT = new byte[100];

	/** As many fields as nghttpd sends. */
	private static final Headers FIELDS = Headers.builder()
		.add("server", "nghttpd")
		.add("cache-control", "max-age=3600")
		.add("date", "Mon, 23 Nov 2026 05:00:00 GMT")
		.add("content-type", "application/octet-stream")
		.add("content-length", "100")
		.add("last-modified", "Mon, 23 Nov 2026 04:00:00 GMT")
		.build();

	private final URI uri = URI.create("http://localhost/100");

	private final RestClient springRest = RestClient.builder()
		.requestFactory((uri, method) -> new CannedRequest(uri, method, springFields(), CONTENT))
		.build();

	private final RestClient adapterRest = RestClient.builder()
		.requestFactory(CannedExchange.requestFactory(FIELDS, CONTENT))
		.build();

	private final WebClient springWeb = WebClient.builder()
		.clientConnector(CannedReactiveRequest.connector(springFields(), CONTENT))
		.build();

	private final WebClient adapterWeb = WebClient.builder()
		.clientConnector(CannedExchange.connector(FIELDS, CONTENT))
		.build();

	private static HttpHeaders springFields() {
		HttpHeaders headers = new HttpHeaders();
		FIELDS.forEach((field) -> headers.add(field.name(), field.value()));
		return headers;
	}

	@Benchmark
	public byte[] restClientAlone() {
		return rest(this.springRest);
	}

	@Benchmark
	public byte[] restClientWithAdapter() {
		return rest(this.adapterRest);
	}

	@Benchmark
	public byte[] webClientAlone() {
		return web(this.springWeb);
	}

	@Benchmark
	public byte[] webClientWithAdapter() {
		return web(this.adapterWeb);
	}

	private byte[] rest(RestClient client) {
		return client.get().uri(this.uri).retrieve().body(byte[].class);
	}

	private byte[] web(WebClient client) {
		return client.get().uri(this.uri).retrieve().bodyToMono(byte[].class).block();
	}

}
