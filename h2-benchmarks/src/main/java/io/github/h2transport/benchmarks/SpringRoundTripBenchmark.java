package io.github.h2transport.benchmarks;

import java.net.URI;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.Http2ClientHttpConnector;
import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.transport.Http2Transport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;

import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * GETs of 100 octets through Spring's clients, on one connection in cleartext.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class SpringRoundTripBenchmark {

	private static final int CALLS = 10_000;

	private static final int IN_FLIGHT = 100;

	private RealServer server;

	private Http2Transport transport;

	private RestClient restClient;

	private WebClient webClient;

	private URI uri;

	@Setup
	public void start() {
		this.server = RealServer.nghttpd().maxConcurrentStreams(128).file("/body", 100).start();
		this.transport = Http2Transport.builder().options(TransportOptions.builder().allowHttp(true).build()).build();
		this.restClient = RestClient.builder()
			.requestFactory(new Http2ClientHttpRequestFactory(this.transport))
			.build();
		this.webClient = WebClient.builder().clientConnector(new Http2ClientHttpConnector(this.transport)).build();
		this.uri = this.server.uri("/body");
	}

	@TearDown
	public void stop() {
		this.transport.close();
		this.server.close();
	}

	@Benchmark
	@Threads(1)
	public int restClient1() {
		return rest();
	}

	@Benchmark
	@Threads(8)
	public int restClient8() {
		return rest();
	}

	@Benchmark
	@Threads(64)
	public int restClient64() {
		return rest();
	}

	@Benchmark
	@Threads(64)
	public int webClient64() {
		return checked(this.webClient.get().uri(this.uri).retrieve().bodyToMono(byte[].class).block());
	}

	@Benchmark
	@Threads(1)
	@OperationsPerInvocation(CALLS)
	public long webClientAsync100() {
		return Flux.range(0, CALLS)
			.flatMap((i) -> this.webClient.get().uri(this.uri).retrieve().bodyToMono(byte[].class), IN_FLIGHT)
			.map(SpringRoundTripBenchmark::checked)
			.reduce(0L, Long::sum)
			.block();
	}

	private int rest() {
		return checked(this.restClient.get().uri(this.uri).retrieve().body(byte[].class));
	}

	private static int checked(byte[] body) {
		if (body == null || body.length != 100) {
			throw new IllegalStateException("not the content");
		}
		return body.length;
	}

}
