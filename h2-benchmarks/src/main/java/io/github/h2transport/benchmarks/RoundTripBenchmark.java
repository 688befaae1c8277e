package io.github.h2transport.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.transport.Http2Transport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Blocking GETs of 100 octets by 1, 8 and 64 platform threads over one cleartext
 * connection to nghttpd, which runs on loopback with one worker.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RoundTripBenchmark {

	private static final int BODY_SIZE = 100;

	// more than the 64 threads, so that one connection is enough
	private static final int MAX_CONCURRENT_STREAMS = 128;

	private RealServer server;

	private Http2Transport transport;

	private Http2Request request;

	@Setup
	public void start() {
		this.server = RealServer.nghttpd()
			.maxConcurrentStreams(MAX_CONCURRENT_STREAMS)
			.file("/body", BODY_SIZE)
			.start();
		this.transport = Http2Transport.builder().options(TransportOptions.builder().allowHttp(true).build()).build();
		this.request = Http2Request.get(this.server.uri("/body"));
	}

	@TearDown
	public void stop() {
		this.transport.close();
		this.server.close();
	}

	@Benchmark
	@Threads(1)
	public int blocking1() throws IOException {
		return roundTrip();
	}

	@Benchmark
	@Threads(8)
	public int blocking8() throws IOException {
		return roundTrip();
	}

	@Benchmark
	@Threads(64)
	public int blocking64() throws IOException {
		return roundTrip();
	}

	private int roundTrip() throws IOException {
		try (Http2Response response = this.transport.roundTrip(this.request)) {
			byte[] body = response.body().readAllBytes();
			if (response.status() != 200 || body.length != BODY_SIZE) {
				throw new IllegalStateException("status " + response.status() + ", " + body.length + " octets");
			}
			return body.length;
		}
	}

}
