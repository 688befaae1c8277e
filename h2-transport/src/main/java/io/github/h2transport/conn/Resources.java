package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one transport share. Thread-safe.
 */
final class Resources {

	/** RFC 9113 section 6.5.2, what a peer assumes of us unless told. */
	private static final int DEFAULT_TABLE_SIZE = 4096;

	private static final int DEFAULT_MAX_FRAME_SIZE = 16_384;

	/** Read once for each connection; of two at once either is good. */
	private volatile TransportOptions options;

	private final Executor tasks;

	private final @Nullable TransportListener listener;

	private final BufferPool buffers = new BufferPool();

	private final MemoryBudget budget = MemoryBudget.ofHeap();

	private final Watchdog watchdog = new Watchdog();

	private final WarningBudget warnings = new WarningBudget();

	private final LostResponses lostResponses = new LostResponses();

	private final PingBackOff pingBackOff = new PingBackOff();

	private final Map<String, ClientConn> connections = new ConcurrentHashMap<>();

	private final AtomicLong connectionIds = new AtomicLong();

	/** What connections had sent and received that are gone. */
	private final LongAdder sentBefore = new LongAdder();

	private final LongAdder receivedBefore = new LongAdder();

	/** Set by whoever shuts the transport down. */
	private volatile @Nullable CompletableFuture<Void> empty;

	Resources(TransportOptions options, Executor tasks, @Nullable TransportListener listener) {
		this.options = options;
		this.listener = listener;
		this.tasks = tasks;
	}

	/** Our SETTINGS: push is off, and what differs from the RFC's defaults. */
	static Settings settings(TransportOptions options) {
		Settings.Builder settings = Settings.builder();
		if (options.decoderTableSize() != DEFAULT_TABLE_SIZE) {
			settings.set(Settings.HEADER_TABLE_SIZE, options.decoderTableSize());
		}
		settings.set(Settings.ENABLE_PUSH, 0);
		settings.set(Settings.INITIAL_WINDOW_SIZE, options.initialWindowSize());
		if (options.maxFrameSize() != DEFAULT_MAX_FRAME_SIZE) {
			settings.set(Settings.MAX_FRAME_SIZE, options.maxFrameSize());
		}
		settings.set(Settings.MAX_HEADER_LIST_SIZE, options.maxHeaderListSize());
		return settings.build();
	}

	TransportOptions options() {
		return this.options;
	}

	void options(TransportOptions newOptions) {
		this.options = newOptions;
	}

	/** Runs what may block: the delegated tasks of TLS. */
	Executor tasks() {
		return this.tasks;
	}

	@Nullable TransportListener listener() {
		return this.listener;
	}

	BufferPool buffers() {
		return this.buffers;
	}

	MemoryBudget budget() {
		return this.budget;
	}

	Watchdog watchdog() {
		return this.watchdog;
	}

	WarningBudget warnings() {
		return this.warnings;
	}

	LostResponses lostResponses() {
		return this.lostResponses;
	}

	PingBackOff pingBackOff() {
		return this.pingBackOff;
	}

	String nextId() {
		return "c" + this.connectionIds.incrementAndGet();
	}

	void remember(ClientConn connection) {
		this.connections.put(connection.id(), connection);
	}

	void forget(ClientConn connection) {
		if (this.connections.remove(connection.id()) != null) {
			this.sentBefore.add(connection.sendHalf().dataSent());
			this.receivedBefore.add(connection.receiveWindow().received());
		}
		if (this.connections.isEmpty()) {
			CompletableFuture<Void> waiting = this.empty;
			if (waiting != null) {
				waiting.complete(null);
			}
		}
	}

	/**
	 * Returns what completes as soon as there is no connection.
	 */
	synchronized CompletableFuture<Void> whenEmpty() {
		CompletableFuture<Void> waiting = this.empty;
		if (waiting == null) {
			waiting = new CompletableFuture<>();
			this.empty = waiting;
		}
		if (this.connections.isEmpty()) {
			waiting.complete(null);
		}
		return waiting;
	}

	/** What all connections have carried. Any thread. */
	Traffic traffic() {
		long sent = this.sentBefore.sum();
		long received = this.receivedBefore.sum();
		for (ClientConn connection : this.connections.values()) {
			sent += connection.sendHalf().dataSent();
			received += connection.receiveWindow().received();
		}
		return new Traffic(sent, received);
	}

	/** All live connections, oldest first. */
	List<ClientConn> connections() {
		List<ClientConn> all = new ArrayList<>(this.connections.values());
		all.sort(Comparator.comparingLong((conn) -> Long.parseLong(conn.id().substring(1))));
		return all;
	}

}
