package io.github.h2transport.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;
import io.github.h2transport.transport.TransportSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

/**
 * The one transport of an application context, and its life. The transport is made when a
 * call first needs it, which may be before the context has started. When the context
 * stops, connections are drained within a bounded time; after that the transport refuses
 * calls until the context is started again, which makes a new one.
 *
 * <p>
 * Stops after web servers and executors have (phase 0), so that the calls of the last
 * requests still get their answers.
 */
public final class SharedHttp2Transport implements Supplier<Http2Transport>, SmartLifecycle, DisposableBean {

	/** Beside the transport's own limit: time for the loops to end. */
	private static final Duration GRACE = Duration.ofSeconds(1);

	private final TransportOptions options;

	private final Function<TransportOptions, Http2Transport> factory;

	private final Duration shutdownTimeout;

	private final ReentrantLock lock = new ReentrantLock();

	// Written under the lock, read without: each is enough on its own.
	private volatile @Nullable Http2Transport transport;

	private volatile boolean running;

	// Guarded by lock: between a stop and the next start.
	private boolean stopped;

	/**
	 * Prepares a transport without making it.
	 * @param options what every transport is made with
	 * @param factory makes the transport, again after each restart
	 * @param shutdownTimeout how long running calls may finish when the context stops,
	 * zero or more
	 */
	public SharedHttp2Transport(TransportOptions options, Function<TransportOptions, Http2Transport> factory,
			Duration shutdownTimeout) {
		Assert.notNull(options, "'options' must not be null");
		Assert.notNull(factory, "'factory' must not be null");
		Assert.isTrue(!shutdownTimeout.isNegative(), "'shutdownTimeout' must not be negative");
		this.options = options;
		this.factory = factory;
		this.shutdownTimeout = shutdownTimeout;
	}

	/**
	 * Returns the transport of now. Ask again for each call instead of keeping it.
	 * @return the transport, made if there was none; a closed one after a stop
	 */
	@Override
	public Http2Transport get() {
		Http2Transport current = this.transport;
		return (current != null) ? current : make();
	}

	private Http2Transport make() {
		this.lock.lock();
		try {
			Http2Transport current = this.transport;
			if (current == null) {
				current = this.factory.apply(this.options);
				if (this.stopped) {
					// It refuses calls in its own words, and leaves no thread behind.
					current.close();
				}
				this.transport = current;
			}
			return current;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the options of the transport, without making one.
	 * @return the options
	 */
	public TransportOptions options() {
		return this.options;
	}

	/**
	 * Returns what the transport looks like, without making one.
	 * @return a snapshot, empty if no call was made yet
	 */
	public TransportSnapshot snapshot() {
		Http2Transport current = this.transport;
		return (current != null) ? current.snapshot() : new TransportSnapshot(List.of());
	}

	/**
	 * Lets a connection finish, without making a transport.
	 * @param connectionId as {@code /actuator/h2pool} names it
	 */
	public void drain(String connectionId) {
		Http2Transport current = this.transport;
		if (current != null) {
			current.drain(connectionId);
		}
	}

	/**
	 * Takes the connections of a TLS identity out of use, without making a transport.
	 * @param replaced the identity
	 */
	public void retire(TlsOptions replaced) {
		Http2Transport current = this.transport;
		if (current != null) {
			current.retire(replaced);
		}
	}

	@Override
	public void start() {
		this.lock.lock();
		try {
			if (this.stopped) {
				this.stopped = false;
				this.transport = null;
			}
			this.running = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Asks the connections to end and tells when they have; waits for nothing. */
	@Override
	public void stop(Runnable callback) {
		shutdown().whenComplete((done, failure) -> callback.run());
	}

	/** Waits for running calls, at most as long as the shutdown timeout says. */
	@Override
	public void stop() {
		// Not by completeOnTimeout, whose thread lives as long as the JVM and would hold
		// on to the class loader of whoever comes here first.
		try {
			shutdown().get(this.shutdownTimeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// Waiting was all there was to do.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private CompletableFuture<Void> shutdown() {
		markStopped();
		Http2Transport current = this.transport;
		return (current != null) ? current.shutdown(this.shutdownTimeout) : CompletableFuture.completedFuture(null);
	}

	/** After this nobody makes a transport that would live on. */
	private void markStopped() {
		this.lock.lock();
		try {
			this.running = false;
			this.stopped = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return 0;
	}

	/**
	 * A context that pauses between tests keeps its connections: nothing is lost by idle
	 * ones, which end by their own timeout.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/**
	 * Ends what a stop has not: nothing is left when the context is closed, also if it
	 * was never started.
	 */
	@Override
	public void destroy() {
		markStopped();
		Http2Transport current = this.transport;
		if (current != null) {
			current.close();
		}
	}

}
