package io.github.h2transport.conn;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections, and owns the threads that they live on. One per transport;
 * thread-safe. A custom pool dials with it.
 */
public final class Dialer implements AutoCloseable {

	/**
	 * TLS tasks that may run at once. Most are short, but the check of a certificate may
	 * ask for its revocation over the network, and must not hold other handshakes up.
	 */
	private static final int TASK_THREADS = 32;

	/**
	 * Name look-ups that may run at once, one per name; where a name server does not
	 * answer each takes many seconds.
	 */
	private static final int LOOK_UP_THREADS = 256;

	/** Names that may wait for a thread; each call waits by its own limit. */
	private static final int WAITING_LOOK_UPS = 10_000;

	private static final long TASK_THREAD_LIFE_SECONDS = 10;

	private final EventLoops loops;

	private final ThreadPoolExecutor tasks;

	/** Apart from the tasks: a name server that hangs must not hold handshakes up. */
	private final LookUpThreads lookUps = new LookUpThreads(LOOK_UP_THREADS, WAITING_LOOK_UPS);

	private final Resources resources;

	private final Resolver resolver;

	private final TlsEngines engines;

	/**
	 * Starts the event loops.
	 * @param options the transport's options
	 * @param threads makes the loop threads; they should be daemons
	 */
	public Dialer(TransportOptions options, ThreadFactory threads) {
		this(options, threads, null);
	}

	/**
	 * Starts the event loops.
	 * @param options the transport's options
	 * @param threads makes the loop threads; they should be daemons
	 * @param listener hears of connections, {@code null} for nobody
	 */
	public Dialer(TransportOptions options, ThreadFactory threads, @Nullable TransportListener listener) {
		this(options, threads, listener, InetAddress::getAllByName);
	}

	Dialer(TransportOptions options, ThreadFactory threads, @Nullable TransportListener listener,
			Resolver.LookUp lookUp) {
		this.tasks = taskThreads();
		this.resources = new Resources(options, this.tasks, listener);
		this.resolver = new Resolver(this.lookUps, lookUp);
		this.engines = new TlsEngines(options);
		this.loops = new EventLoops(options.eventLoops(), threads);
	}

	private static ThreadPoolExecutor taskThreads() {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(TASK_THREADS, TASK_THREADS, TASK_THREAD_LIFE_SECONDS,
				TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DaemonThreads("h2-task-"));
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Replaces the options of connections that are opened from now on. The number of
	 * event loops and the general TLS identity stay.
	 * @param options the new ones
	 */
	public void options(TransportOptions options) {
		this.resources.options(options);
	}

	/**
	 * Opens a connection. Returns at once; the observer hears of the outcome.
	 * @param key where to
	 * @param connectTimeout the limit for name look-up, connect, tunnel, TLS and preface
	 * together
	 * @param singleUse whether the connection is for one request only
	 * @param observer told what happens to the connection
	 * @return a connection in the state {@link ConnectionState#CONNECTING}
	 */
	public ClientConn dial(ConnectionKey key, Duration connectTimeout, boolean singleUse, ConnObserver observer) {
		return dial(key, connectTimeout, singleUse, observer, UnaryOperator.identity());
	}

	/**
	 * Opens a connection to one of the addresses of a name. Returns at once; the observer
	 * hears of the outcome.
	 * @param key where to
	 * @param connectTimeout the limit for name look-up, connect, tunnel, TLS and preface
	 * together
	 * @param singleUse whether the connection is for one request only
	 * @param observer told what happens to the connection
	 * @param order puts the addresses that were found into the order in which they are
	 * tried; called on the event loop, must not block
	 * @return a connection in the state {@link ConnectionState#CONNECTING}
	 */
	public ClientConn dial(ConnectionKey key, Duration connectTimeout, boolean singleUse, ConnObserver observer,
			UnaryOperator<List<InetAddress>> order) {
		EventLoop loop = this.loops.next();
		ClientConn connection = new ClientConn(this.resources.nextId(), key, singleUse, this.resources, loop,
				Guests.fenced(observer));
		this.resources.remember(connection);
		connection.driver().dialLimit().extend(connectTimeout);
		DialAttempt attempt = new DialAttempt(connection, loop, this.resolver, order, this::wire);
		try {
			loop.execute(attempt::begin);
		}
		catch (RejectedExecutionException ex) {
			this.resources.forget(connection);
			FailureContext context = FailureContext.of(Initiator.CALLER, Phase.POOL);
			connection.observer()
				.closed(connection, new ConnectFailedException("The transport is closed", ex, context));
		}
		return connection;
	}

	/**
	 * Lets a dial that is under way take longer, since a request waits for it that has
	 * more time than the one that it was begun for.
	 * @param connection as {@link #dial} has returned it
	 * @param connectTimeout the limit, from the begin of the dial; the longest counts
	 */
	public void extend(ClientConn connection, Duration connectTimeout) {
		connection.driver().dialLimit().extend(connectTimeout);
	}

	/**
	 * Words the failure of a request that no longer waits for a dial, while the dial goes
	 * on for others.
	 * @param connection as {@link #dial} has returned it
	 * @param connectTimeout the limit of that request
	 * @return a failure that says how far the dial has come
	 */
	public Http2TimeoutException timedOut(ClientConn connection, Duration connectTimeout) {
		return connection.driver().dialLimit().timedOut(connectTimeout);
	}

	/**
	 * Looks up where a key leads to at present: to its proxy, if it has one. Returns at
	 * once.
	 * @param key the name and the filter of its addresses
	 * @return the addresses in the order of the system, or what the look-up failed with;
	 * completed on a thread that may block
	 */
	public CompletionStage<List<InetAddress>> resolve(ConnectionKey key) {
		if (key.proxy() != null) {
			return this.resolver.resolve(key.proxy().host(), null);
		}
		return this.resolver.resolve(key.origin().host(), key.addressFilter());
	}

	/**
	 * Runs something on an event loop when some time has passed, to a tenth of a second.
	 * @param delayNanos how long to wait
	 * @param action must not block
	 * @return calls the action off
	 */
	public Runnable schedule(long delayNanos, Runnable action) {
		Timer timer = new Timer(this.loops::first, this.loops.first().nanoTime() + delayNanos, action);
		timer.start();
		return timer::stop;
	}

	private Wire wire(ClientConn connection, SocketChannel channel, SelectionKey key, Loop loop) throws IOException {
		ConnectionKey target = connection.key();
		if (!target.origin().isSecure()) {
			return new PlainWire(channel, key);
		}
		return new TlsWire(this.engines.create(target), channel, key, loop, this.resources, connection);
	}

	/**
	 * Makes room for a copy of content that can be had only once.
	 * @param body the content
	 * @return {@code null} if it need not be kept, or is known to be too large for that
	 */
	public @Nullable KeptContent keep(RequestBody body) {
		return (body.isRepeatable() || body.contentLength() > KeptContent.MOST_OCTETS) ? null
				: new KeptContent(this.resources.budget());
	}

	/**
	 * Returns all live connections.
	 * @return oldest first
	 */
	public List<ClientConn> connections() {
		return this.resources.connections();
	}

	/**
	 * Returns how much content was carried, by connections that are gone too.
	 * @return a moment old; while a connection ends it may be counted a moment late
	 */
	public Traffic traffic() {
		return this.resources.traffic();
	}

	/**
	 * Returns a future for the end of the last connection.
	 * @return completes as soon as there is no live connection
	 */
	public CompletableFuture<Void> whenNoConnection() {
		return this.resources.whenEmpty();
	}

	/**
	 * Returns whether the current thread is an event loop, which must not be blocked.
	 * @return whether it is one, of this or of another transport
	 */
	public static boolean onLoopThread() {
		return EventLoop.onLoopThread();
	}

	/**
	 * Ends the event loops, after their connections were closed. Waits a moment for them.
	 */
	@Override
	public void close() {
		for (ClientConn connection : connections()) {
			connection.close("The transport was closed meanwhile");
		}
		this.loops.close();
		this.tasks.shutdownNow();
		this.lookUps.shutdownNow();
		this.resources.watchdog().close();
	}

}
