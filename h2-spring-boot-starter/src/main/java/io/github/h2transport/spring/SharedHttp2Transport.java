package io.github.h2transport.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;
import io.github.h2transport.transport.TransportSnapshot;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

/**
 * The one transport of an application context, and its life. The transport is made when a
 * call first needs it, which may be before the context has started, and ends with
 * {@link #close()}. Before that, a context that closes only waits here, in the last phase
 * of all, for running calls: beans that are destroyed after it may still make some.
 *
 * <p>
 * A context that is stopped without being closed ends the transport, which then refuses
 * calls until the context is started again; that makes a new one.
 */
public final class SharedHttp2Transport
		implements Supplier<Http2Transport>, SmartLifecycle, ApplicationContextAware, AutoCloseable {

	private static final Log logger = LogFactory.getLog(SharedHttp2Transport.class);

	/** Beside the transport's own limit: time for the loops to end. */
	private static final Duration GRACE = Duration.ofSeconds(1);

	private static final long LOOK_AGAIN_MILLIS = 20; // nobody waits long for a quiet
														// transport

	private volatile TransportOptions options;

	private final Function<TransportOptions, Http2Transport> factory;

	/** As good as no limit, yet its nanoseconds can be counted. */
	private static final Duration FOREVER = Duration.ofDays(100 * 365);

	private final Duration shutdownTimeout;

	private final ReentrantLock lock = new ReentrantLock();

	// Written under the lock, read without: each is enough on its own.
	private volatile @Nullable Http2Transport transport;

	private volatile boolean running;

	// Guarded by lock: between a stop and the next start.
	private boolean stopped;

	/** What transports have counted that ended with a stop; written under the lock. */
	private volatile TransportSnapshot before = new TransportSnapshot(List.of());

	/** Set before anybody else has this object. */
	private BooleanSupplier closing = () -> false;

	/** Of the shutdown timeout; confined to the thread that closes the context. */
	private Duration left;

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
		this.shutdownTimeout = (shutdownTimeout.compareTo(FOREVER) > 0) ? FOREVER : shutdownTimeout;
		this.left = this.shutdownTimeout;
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		if (context instanceof ConfigurableApplicationContext configurable) {
			this.closing = configurable::isClosed;
		}
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
	 * Replaces the options, as {@link Http2Transport#options(TransportOptions)} does it;
	 * after a restart of the context they count in full.
	 * @param newOptions the options
	 */
	public void options(TransportOptions newOptions) {
		this.lock.lock();
		try {
			this.options = newOptions;
			Http2Transport current = this.transport;
			if (current != null) {
				current.options(newOptions);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns what the transport looks like, without making one.
	 * @return a snapshot, empty if no call was made yet; its totals and its traffic
	 * include those of the transports before a restart of the context
	 */
	public TransportSnapshot snapshot() {
		Http2Transport current = this.transport;
		TransportSnapshot now = (current != null) ? current.snapshot() : new TransportSnapshot(List.of());
		TransportSnapshot ended = this.before;
		return new TransportSnapshot(now.origins(), ended.totals().plus(now.totals()),
				ended.traffic().plus(now.traffic()));
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
				this.before = new TransportSnapshot(List.of(), snapshot().totals(), snapshot().traffic());
				this.transport = null;
			}
			this.running = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * If the context is being closed, waits for running calls and refuses none. Otherwise
	 * asks the connections to end and tells when they have, without waiting.
	 */
	@Override
	public void stop(Runnable callback) {
		if (this.closing.getAsBoolean()) {
			awaitRunningCalls();
			callback.run();
			return;
		}
		sayWhatIsWaitedFor(RunningCalls.of(snapshot()), this.shutdownTimeout);
		shutdown(this.shutdownTimeout).whenComplete((done, failure) -> callback.run());
	}

	/** Returns what still runs when the time is over. */
	private RunningCalls awaitRunningCalls() {
		long start = System.nanoTime();
		RunningCalls running = RunningCalls.of(snapshot());
		sayWhatIsWaitedFor(running, this.left);
		try {
			while (!running.isEmpty() && System.nanoTime() - start < this.left.toNanos()) {
				Thread.sleep(LOOK_AGAIN_MILLIS);
				running = RunningCalls.of(snapshot());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Duration rest = this.left.minusNanos(System.nanoTime() - start);
		this.left = rest.isNegative() ? Duration.ZERO : rest;
		return running;
	}

	private static void sayWhatIsWaitedFor(RunningCalls running, Duration limit) {
		if (!running.isEmpty() && !limit.isZero()) {
			logger.info("Waiting up to " + RunningCalls.words(limit) + " for " + running);
		}
	}

	/** Waits for running calls, at most as long as the shutdown timeout says. */
	@Override
	public void stop() {
		sayWhatIsWaitedFor(RunningCalls.of(snapshot()), this.shutdownTimeout);
		await(shutdown(this.shutdownTimeout), this.shutdownTimeout);
	}

	private static void await(CompletableFuture<Void> end, Duration timeout) {
		// Not by completeOnTimeout, whose thread lives as long as the JVM and would hold
		// on to the class loader of whoever comes here first.
		try {
			end.get(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			// Waiting was all there was to do.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private CompletableFuture<Void> shutdown(Duration timeout) {
		markStopped();
		Http2Transport current = this.transport;
		return (current != null) ? current.shutdown(timeout) : CompletableFuture.completedFuture(null);
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

	/** Starts before everything else and stops after it. */
	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
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
	 * Ends the transport: nothing is left afterwards, also of a context that was never
	 * started. Waits for running calls as long as the shutdown timeout still allows.
	 */
	@Override
	public void close() {
		markStopped();
		RunningCalls late = awaitRunningCalls();
		if (!late.isEmpty()) {
			logger.warn("Ended " + late + " without an answer: h2.transport.shutdown-timeout ("
					+ RunningCalls.words(this.shutdownTimeout) + ") has passed");
		}
		Duration toPart = late.isEmpty() ? GRACE : Duration.ZERO;
		await(shutdown(toPart), toPart);
	}

}
