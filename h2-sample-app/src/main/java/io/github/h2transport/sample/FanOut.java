package io.github.h2transport.sample;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Origin;
import io.github.h2transport.spring.SharedHttp2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Makes many calls at once with a plain {@link RestClient} and counts what happened. */
@Component
class FanOut implements DisposableBean {

	/**
	 * More calls than this wait for a thread here; so many streams most servers allow.
	 */
	private static final int THREADS = 100;

	private final SampleProperties properties;

	private final Targets targets;

	private final SharedHttp2Transport transport;

	private final RestClient self;

	private final RestClient others;

	private final AtomicInteger threadNumber = new AtomicInteger(); // only numbers the
																	// names

	private final ExecutorService callers = Executors.newFixedThreadPool(THREADS, this::newCaller);

	FanOut(SampleProperties properties, Targets targets, SharedHttp2Transport transport, RestClient.Builder selfBuilder,
			RestClient.Builder othersBuilder, RestClientSsl ssl) {
		this.properties = properties;
		this.targets = targets;
		this.transport = transport;
		this.self = selfBuilder.apply(ssl.fromBundle(TlsConfiguration.BUNDLE)).build();
		this.others = othersBuilder.build();
	}

	/**
	 * Calls {@code sample.target}, or the application itself.
	 * @param calls how many calls, 1 or more
	 * @param tls whether to call itself over TLS
	 * @return what happened
	 */
	Result run(int calls, boolean tls) {
		URI target = this.properties.target();
		RestClient client = (target != null) ? this.others : this.self;
		URI uri = (target != null) ? target : this.targets.self(tls, "/greeting");
		long startNanos = System.nanoTime();
		List<Future<?>> pending = new ArrayList<>(calls);
		for (int i = 0; i < calls; i++) {
			pending.add(this.callers.submit(() -> client.get().uri(uri).retrieve().toBodilessEntity()));
		}
		int failed = 0;
		String firstFailure = null;
		for (Future<?> call : pending) {
			Throwable failure = failureOf(call);
			if (failure != null) {
				failed++;
				firstFailure = (firstFailure != null) ? firstFailure : failure.toString();
			}
		}
		long milliseconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
		return new Result(uri.toString(), calls, failed, firstFailure, connections(uri), milliseconds);
	}

	private static @Nullable Throwable failureOf(Future<?> call) {
		try {
			call.get();
			return null;
		}
		catch (ExecutionException ex) {
			return (ex.getCause() != null) ? ex.getCause() : ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			call.cancel(true);
			return ex;
		}
	}

	private int connections(URI uri) {
		Origin origin = Origin.of(uri);
		return this.transport.snapshot()
			.origins()
			.stream()
			.filter((entry) -> entry.key().origin().equals(origin))
			.mapToInt((entry) -> entry.connections().size())
			.sum();
	}

	private Thread newCaller(Runnable task) {
		Thread thread = new Thread(task, "fan-out-" + this.threadNumber.incrementAndGet());
		thread.setDaemon(true);
		return thread;
	}

	@Override
	public void destroy() {
		this.callers.shutdownNow();
	}

	/**
	 * What a fan-out did.
	 *
	 * @param target what was called
	 * @param calls how many calls were made
	 * @param failed how many of them failed
	 * @param firstFailure the first failure, {@code null} if there was none
	 * @param connections how many connections to the target were open afterwards
	 * @param milliseconds how long it took altogether
	 */
	record Result(String target, int calls, int failed, @Nullable String firstFailure, int connections,
			long milliseconds) {

		@Override
		public String toString() {
			return this.calls + " parallel calls to " + this.target + ": "
					+ ((this.failed == 0) ? "all answered" : this.failed + " failed, first with " + this.firstFailure)
					+ ", " + this.connections + ((this.connections == 1) ? " connection, " : " connections, ")
					+ this.milliseconds + " ms";
		}

	}

}
