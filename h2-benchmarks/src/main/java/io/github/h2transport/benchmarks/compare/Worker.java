package io.github.h2transport.benchmarks.compare;

import java.io.Closeable;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Callable;
import java.util.List;
import java.util.Collections;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

import io.github.h2transport.benchmarks.client.BenchCall;
import io.github.h2transport.benchmarks.client.BenchClient;
import io.github.h2transport.benchmarks.client.ClientKind;
import io.github.h2transport.benchmarks.client.ClientSettings;
import io.github.h2transport.benchmarks.client.Trust;
import org.jspecify.annotations.Nullable;

/**
 * The program of a forked JVM: one client does one workload, and the result is one line.
 */
public final class Worker {

	// a caller that waits longer than this for its last answer is stuck
	private static final int LAST_CALL_SECONDS = 5;

	// each needs a descriptor here and one at the server, whose limit is the same
	private static final int OTHER_DESCRIPTORS = 500;

	private static final int DIALLERS = 32;

	// the compilers have seen a method then
	private static final long WARM_AFTER_CALLS = 20_000;

	private static final long WARM_AFTER_OCTETS = 512L * 1024 * 1024;

	// but slow clients have an end, too: this many times what was asked for
	static final int LONGEST_WARM_UP = 2;

	// the warm-up goes on until a call has ended, but not for ever
	static final double FIRST_CALL_SECONDS = 10;

	private static final int SLICES = 10;

	static final int STALLED_SIZE = 100 * 1024 * 1024;

	private final Workload workload;

	private final BenchCall call;

	private final double warmUpSeconds;

	private final double windowSeconds;

	private Worker(Workload workload, URI server, double warmUpSeconds, double windowSeconds) {
		this.workload = workload;
		this.call = call(workload, server.resolve(workload.path()));
		this.warmUpSeconds = warmUpSeconds;
		this.windowSeconds = windowSeconds;
	}

	/**
	 * Runs.
	 * @param arguments {@code key=value}, as {@link ForkedWorker} has them
	 */
	public static void main(String[] arguments) {
		endWithParent();
		Map<String, String> options = Arrays.stream(arguments)
			.map((argument) -> argument.split("=", 2))
			.collect(Collectors.toMap((pair) -> pair[0], (pair) -> pair[1], (a, b) -> b, LinkedHashMap::new));
		Measurement result;
		try {
			Workload workload = Workload.parse(options);
			String certificate = options.get("certificate");
			Trust trust = (certificate != null) ? Trust.in(Path.of(certificate)) : null;
			if (trust != null && workload.shape() == Workload.Shape.IDLE) {
				trust = trust.atAnyHost();
			}
			Worker worker = new Worker(workload, URI.create(options.get("server")),
					Double.parseDouble(options.get("warm-up")), Double.parseDouble(options.get("window")));
			result = worker.run(ClientKind.labelled(options.get("client")), trust);
		}
		catch (Throwable ex) {
			result = Measurement.impossible(reason(ex));
		}
		System.out.println(result.line());
		System.out.flush();
		Runtime.getRuntime().halt(0);
	}

	private static void endWithParent() {
		Thread thread = new Thread(() -> {
			try {
				while (System.in.read() >= 0) {
					continue;
				}
			}
			catch (IOException ex) {
				// The same.
			}
			Runtime.getRuntime().halt(1);
		}, "end-with-parent");
		thread.setDaemon(true);
		thread.start();
	}

	private static BenchCall call(Workload workload, URI uri) {
		Map<String, String> headers = new LinkedHashMap<>();
		for (int i = 0; i < workload.headerFields(); i++) {
			headers.put("x-field-" + i, "value number " + i);
		}
		byte[] upload = (workload.uploadSize() > 0) ? new byte[workload.uploadSize()] : null;
		long expected = (workload.answer() == BenchCall.Answer.JSON) ? BenchCall.Item.json().length
				: workload.downloadSize();
		return new BenchCall(uri, headers, upload, workload.answer(), expected);
	}

	private Measurement run(ClientKind kind, @Nullable Trust trust) throws Exception {
		boolean idle = this.workload.shape() == Workload.Shape.IDLE;
		ClientSettings settings = new ClientSettings(trust, this.workload.reuse(),
				idle ? DIALLERS : this.workload.callers(), idle ? this.workload.callers() : 1,
				this.workload.eventLoops());
		BenchClient client = kind.create(settings);
		return switch (this.workload.shape()) {
			case IDLE -> idle(client);
			case COLD -> cold(client);
			case BLOCKING -> calls(client, Load::startPlatformThreads, this.workload.callers());
			case VIRTUAL -> calls(client, Load::startVirtualThreads, this.workload.callers());
			case ASYNC -> calls(client, Load::startAsync, this.workload.callers());
			case STALLED -> {
				URI large = this.call.uri().resolve(Workload.path(STALLED_SIZE));
				try (Closeable stalled = client
					.stall(new BenchCall(large, Map.of(), null, BenchCall.Answer.STREAMED, STALLED_SIZE))) {
					yield calls(client, Load::startPlatformThreads, this.workload.callers() - 1);
				}
			}
		};
	}

	private Measurement calls(BenchClient client, java.util.function.Consumer<Load> start, int callers)
			throws IOException, InterruptedException {
		Load load = new Load(client, this.call, callers);
		start.accept(load);
		warmUp(load);
		long cpu = Gauges.cpuNanos();
		long allocated = Gauges.allocatedOctets();
		long dialled = Gauges.connectionsDialled();
		long begin = System.nanoTime();
		load.startClock();
		pause(this.windowSeconds);
		load.stopClock();
		double seconds = (System.nanoTime() - begin) / 1e9;
		cpu = Gauges.cpuNanos() - cpu;
		allocated = Gauges.allocatedOctets() - allocated;
		dialled = Gauges.connectionsDialled() - dialled;
		long connections = Gauges.connectionsTo(this.call.uri().getPort());
		long stuck = load.end(LAST_CALL_SECONDS);

		Histogram durations = load.durations();
		long done = durations.total();
		if (this.workload.reuse() == ClientSettings.Reuse.SINGLE_USE && dialled < done / 2) {
			return Measurement.impossible("uses connections again: " + dialled + " for " + done + " calls");
		}
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		values.put(Metric.REQUESTS_PER_SECOND, done / seconds);
		if (this.workload.isAboutOctets()) {
			long octets = Math.max(this.workload.downloadSize(), this.workload.uploadSize());
			values.put(Metric.MEBIBYTES_PER_SECOND, done / seconds * octets / 1024 / 1024);
		}
		if (done > 0) {
			values.put(Metric.CPU_MICROS, cpu / 1e3 / done);
			values.put(Metric.ALLOCATED, (double) allocated / done);
			values.put(Metric.P50_MICROS, durations.quantile(0.5) / 1e3);
			values.put(Metric.P99_MICROS, durations.quantile(0.99) / 1e3);
			values.put(Metric.P999_MICROS, durations.quantile(0.999) / 1e3);
		}
		values.put(Metric.ERRORS, (double) load.failures());
		values.put(Metric.STUCK, (double) stuck);
		values.put(Metric.CONNECTIONS, (double) connections);
		Throwable failure = load.firstFailure();
		return new Measurement(values, (failure != null) ? reason(failure) : "");
	}

	/*
	 * Class loading, compiling, dialling and the handshake belong to it.
	 */
	private Measurement cold(BenchClient client) throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(this.workload.callers());
		List<Callable<Long>> calls = Collections.nCopies(this.workload.callers(), () -> {
			long start = System.nanoTime();
			client.call(this.call);
			return System.nanoTime() - start;
		});
		long cpu = Gauges.cpuNanos();
		long begin = System.nanoTime();
		List<Future<Long>> results = callers.invokeAll(calls);
		double seconds = (System.nanoTime() - begin) / 1e9;
		cpu = Gauges.cpuNanos() - cpu;
		Histogram durations = new Histogram();
		long failures = 0;
		String note = "";
		for (Future<Long> result : results) {
			try {
				durations.record(result.get());
			}
			catch (ExecutionException ex) {
				failures++;
				note = reason(ex);
			}
		}
		callers.shutdown();
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		long done = durations.total();
		values.put(Metric.REQUESTS_PER_SECOND, done / seconds);
		values.put(Metric.MEBIBYTES_PER_SECOND, done / seconds * this.workload.downloadSize() / 1024 / 1024);
		if (done > 0) {
			values.put(Metric.CPU_MICROS, cpu / 1e3 / done);
			values.put(Metric.P50_MICROS, durations.quantile(0.5) / 1e3);
			values.put(Metric.P99_MICROS, durations.quantile(0.99) / 1e3);
		}
		values.put(Metric.ERRORS, (double) failures);
		values.put(Metric.CONNECTIONS, (double) Gauges.connectionsTo(this.call.uri().getPort()));
		return new Measurement(values, note);
	}

	/*
	 * A busy machine warms up slowly, so time alone would compare compilers.
	 */
	private void warmUp(Load load) throws InterruptedException {
		long enough = this.workload.isAboutOctets() ? WARM_AFTER_OCTETS / Math.max(1, this.call.expected())
				: WARM_AFTER_CALLS;
		double slice = this.warmUpSeconds / SLICES;
		long longest = Math.round(SLICES * (LONGEST_WARM_UP + FIRST_CALL_SECONDS / this.warmUpSeconds));
		for (int i = 0; i < longest; i++) {
			boolean warm = load.calls() >= enough || i >= SLICES * LONGEST_WARM_UP;
			if (i >= SLICES && warm && load.calls() > 0) {
				return;
			}
			pause(slice);
		}
	}

	/*
	 * Each address of 127.0.0.0/8 is this machine, and for a client another server.
	 */
	private Measurement idle(BenchClient client) throws Exception {
		URI server = this.call.uri();
		client.call(this.call);
		long wanted = Math.min(this.workload.callers(), Gauges.maxFileDescriptors() - OTHER_DESCRIPTORS);
		long heap = Gauges.heapOctets();
		long direct = Gauges.directOctets();
		long resident = Gauges.residentOctets();
		long before = Gauges.connectionsTo(server.getPort());
		AtomicLong failures = new AtomicLong();
		AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
		ExecutorService diallers = Executors.newFixedThreadPool(DIALLERS);
		for (int i = 0; i < wanted; i++) {
			URI other = new URI(server.getScheme(), null,
					"127." + (1 + i / 62500) + "." + i / 250 % 250 + "." + (1 + i % 250), server.getPort(),
					server.getPath(), null, null);
			diallers.execute(() -> {
				try {
					client.call(this.call.withUri(other));
				}
				catch (Throwable ex) {
					failures.incrementAndGet();
					first.compareAndSet(null, ex);
				}
			});
		}
		diallers.shutdown();
		boolean dialled = diallers.awaitTermination(1, TimeUnit.MINUTES);
		// What was only needed for dialling may go first.
		pause(1);
		long connections = Gauges.connectionsTo(server.getPort()) - before;
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		values.put(Metric.ERRORS, (double) failures.get());
		values.put(Metric.CONNECTIONS, (double) connections);
		if (connections > 0) {
			values.put(Metric.HEAP_PER_CONNECTION, (Gauges.heapOctets() - heap) / (double) connections);
			values.put(Metric.DIRECT_PER_CONNECTION, (Gauges.directOctets() - direct) / (double) connections);
			values.put(Metric.RESIDENT_PER_CONNECTION, (Gauges.residentOctets() - resident) / (double) connections);
		}
		Reference.reachabilityFence(client);
		Throwable failure = first.get();
		String note = dialled ? "" : "not all dialled in a minute. ";
		return new Measurement(values, note + ((failure != null) ? reason(failure) : ""));
	}

	private static void pause(double seconds) throws InterruptedException {
		TimeUnit.MICROSECONDS.sleep((long) (seconds * 1e6));
	}

	private static String reason(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null && cause.getCause() != cause) {
			cause = cause.getCause();
		}
		String inner = cause.getClass().getSimpleName() + ": " + cause.getMessage();
		return (cause instanceof UnsupportedOperationException) ? String.valueOf(cause.getMessage()) : inner;
	}

}
