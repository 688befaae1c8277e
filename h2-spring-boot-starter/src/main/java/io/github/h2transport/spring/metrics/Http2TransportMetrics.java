package io.github.h2transport.spring.metrics;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.transport.TransportSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Meters that read a transport's snapshot: connections by state, streams that are active
 * or wait, octets, closed connections by reason. One snapshot serves all meters that are
 * read within a second. Thread-safe.
 */
public final class Http2TransportMetrics implements MeterBinder {

	/** A scrape reads dozens of gauges at once. */
	private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

	private final Supplier<TransportSnapshot> source;

	private final OriginTags origins;

	private final LongSupplier nanoTime;

	/** Replaced as a whole; two threads may take it at once. */
	private volatile @Nullable Taken taken;

	/**
	 * Makes the meters.
	 * @param source gives the state of now without waiting
	 * @param origins the values of the tag {@code origin}
	 */
	public Http2TransportMetrics(Supplier<TransportSnapshot> source, OriginTags origins) {
		this(source, origins, System::nanoTime);
	}

	Http2TransportMetrics(Supplier<TransportSnapshot> source, OriginTags origins, LongSupplier nanoTime) {
		Assert.notNull(source, "'source' must not be null");
		Assert.notNull(origins, "'origins' must not be null");
		this.source = source;
		this.origins = origins;
		this.nanoTime = nanoTime;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		bytes(registry, "sent", (snapshot) -> snapshot.traffic().sentOctets());
		bytes(registry, "received", (snapshot) -> snapshot.traffic().receivedOctets());
		for (EndReason reason : EndReason.values()) {
			counter("h2.transport.connections.closed", Tags.of("reason", name(reason)),
					(snapshot) -> snapshot.totals().closed().getOrDefault(reason, 0L))
				.description("Connections that were open and have ended")
				.register(registry);
		}
		this.origins.onNew((origin) -> bindTo(registry, origin));
	}

	private void bytes(MeterRegistry registry, String direction, ToLongFunction<TransportSnapshot> value) {
		counter("h2.transport.bytes", Tags.of("direction", direction), value)
			.description("Octets of request and response content")
			.baseUnit(BaseUnits.BYTES)
			.register(registry);
	}

	/** What a connection had carried may be counted a moment late when it ends. */
	private FunctionCounter.Builder<Http2TransportMetrics> counter(String name, Tags tags,
			ToLongFunction<TransportSnapshot> value) {
		AtomicLong most = new AtomicLong();
		return FunctionCounter
			.builder(name, this, (self) -> most.accumulateAndGet(value.applyAsLong(self.snapshot()), Math::max))
			.tags(tags);
	}

	private void bindTo(MeterRegistry registry, String origin) {
		for (ConnectionState state : ConnectionState.values()) {
			if (state != ConnectionState.CLOSED) {
				gauge(registry, "h2.transport.connections", origin, state.name().toLowerCase(Locale.ROOT),
						"Connections by state",
						(each) -> each.connections().stream().filter((one) -> one.state() == state).count());
			}
		}
		gauge(registry, "h2.transport.streams", origin, "active", "Streams that are open, and requests that wait",
				(each) -> each.connections().stream().mapToInt(ConnectionSnapshot::activeStreams).sum());
		gauge(registry, "h2.transport.streams", origin, "pending", "Streams that are open, and requests that wait",
				OriginSnapshot::pending);
	}

	private void gauge(MeterRegistry registry, String name, String origin, String state, String description,
			ToDoubleFunction<OriginSnapshot> value) {
		Gauge.builder(name, this, (self) -> self.sum(origin, value))
			.tags(Tags.of(OriginTags.tag(origin)).and("state", state))
			.description(description)
			.register(registry);
	}

	private double sum(String origin, ToDoubleFunction<OriginSnapshot> value) {
		return snapshot().origins()
			.stream()
			.filter((each) -> this.origins.known(each.key().origin()).equals(origin))
			.mapToDouble(value)
			.sum();
	}

	private TransportSnapshot snapshot() {
		long now = this.nanoTime.getAsLong();
		Taken latest = this.taken;
		if (latest == null || now - latest.atNanos() >= FRESH_NANOS) {
			latest = new Taken(this.source.get(), now);
			this.taken = latest;
		}
		return latest.snapshot();
	}

	private static String name(EndReason reason) {
		return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * A snapshot with its age.
	 *
	 * @param snapshot the snapshot
	 * @param atNanos when it was taken
	 */
	private record Taken(TransportSnapshot snapshot, long atNanos) {
	}

}
