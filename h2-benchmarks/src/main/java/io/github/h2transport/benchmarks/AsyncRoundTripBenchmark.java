package io.github.h2transport.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.OperatingSystemMXBean;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.transport.Http2Transport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Asynchronous GETs of 100 octets with 100 of them in flight at any time, on one
 * connection in cleartext; each answer starts the next request. The counter
 * {@code cpuNanosPerCall} is what this process spends on one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class AsyncRoundTripBenchmark {

	private static final int CALLS = 10_000;

	private static final int IN_FLIGHT = 100;

	private RealServer server;

	private Http2Transport transport;

	private Http2Request request;

	@Setup
	public void start() {
		this.server = RealServer.nghttpd().maxConcurrentStreams(128).file("/body", 100).start();
		this.transport = Http2Transport.builder().options(TransportOptions.builder().allowHttp(true).build()).build();
		this.request = Http2Request.get(this.server.uri("/body"));
	}

	@TearDown
	public void stop() {
		this.transport.close();
		this.server.close();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public long async100(Cpu cpu) throws InterruptedException {
		AtomicInteger left = new AtomicInteger(CALLS);
		AtomicLong octets = new AtomicLong();
		CountDownLatch done = new CountDownLatch(CALLS);
		for (int i = 0; i < IN_FLIGHT; i++) {
			next(left, octets, done);
		}
		done.await();
		cpu.calls += CALLS;
		if (octets.get() != 100L * CALLS) {
			throw new IllegalStateException(octets + " octets");
		}
		return octets.get();
	}

	private void next(AtomicInteger left, AtomicLong octets, CountDownLatch done) {
		if (left.getAndDecrement() <= 0) {
			return;
		}
		this.transport.roundTripAsync(this.request).whenComplete((response, failure) -> {
			Runnable end = () -> {
				done.countDown();
				next(left, octets, done);
			};
			if (failure != null) {
				end.run();
			}
			else {
				response.publisher().subscribe(new Counter(octets, end));
			}
		});
	}

	/** Counts the content. */
	private record Counter(AtomicLong octets, Runnable end) implements Flow.Subscriber<ByteBuffer> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ByteBuffer piece) {
			this.octets.addAndGet(piece.remaining());
		}

		@Override
		public void onError(Throwable failure) {
			this.end.run();
		}

		@Override
		public void onComplete() {
			this.end.run();
		}

	}

	/** The CPU time of this process a call. */
	@State(Scope.Thread)
	@AuxCounters(AuxCounters.Type.EVENTS)
	public static class Cpu {

		private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
			.getOperatingSystemMXBean();

		private long before;

		private long calls;

		@Setup(Level.Iteration)
		public void begin() {
			this.before = this.system.getProcessCpuTime();
			this.calls = 0;
		}

		public long cpuNanosPerCall() {
			return (this.calls == 0) ? 0 : (this.system.getProcessCpuTime() - this.before) / this.calls;
		}

	}

}
