package io.github.h2transport.spring.metrics;

import java.time.Duration;
import java.util.Locale;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Origin;
import io.github.h2transport.TransportListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Counts and times what a transport tells: how long calls wait for a connection and dials
 * take, GOAWAYs, resets and replays. Tags are bounded: origins by {@link OriginTags},
 * codes by those that RFC 9113 section 7 names. Thread-safe.
 */
public final class Http2TransportMetricsListener implements TransportListener {

	/** A server may send any 32-bit number. */
	private static final String UNKNOWN_CODE = "unknown";

	private final MeterRegistry registry;

	private final OriginTags origins;

	/**
	 * Makes a listener.
	 * @param registry where the meters are
	 * @param origins the values of the tag {@code origin}
	 */
	public Http2TransportMetricsListener(MeterRegistry registry, OriginTags origins) {
		Assert.notNull(registry, "'registry' must not be null");
		Assert.notNull(origins, "'origins' must not be null");
		this.registry = registry;
		this.origins = origins;
	}

	@Override
	public void acquired(ConnectionKey key, Duration waited, @Nullable Http2Exception failure) {
		this.registry.timer("h2.transport.acquire", tags(key, outcome(failure))).record(waited);
	}

	@Override
	public void dialled(String connectionId, ConnectionKey key, Duration took, @Nullable Http2Exception failure) {
		this.registry.timer("h2.transport.connect", tags(key, outcome(failure))).record(took);
	}

	@Override
	public void goAwayReceived(String connectionId, ConnectionKey key, int lastStreamId, ErrorCode code) {
		this.registry.counter("h2.transport.goaways", tags(key, Tag.of("code", name(code)))).increment();
	}

	@Override
	public void resetReceived(String connectionId, ConnectionKey key, ErrorCode code) {
		reset(key, code, "received");
	}

	@Override
	public void resetSent(String connectionId, ConnectionKey key, ErrorCode code) {
		reset(key, code, "sent");
	}

	private void reset(ConnectionKey key, ErrorCode code, String direction) {
		this.registry.counter("h2.transport.resets", tags(key, Tag.of("code", name(code))).and("direction", direction))
			.increment();
	}

	@Override
	public void retried(Http2Request request, Http2Exception cause) {
		this.registry
			.counter("h2.transport.replays",
					Tags.of(this.origins.tag(Origin.of(request.uri())), Tag.of("reason", reason(cause))))
			.increment();
	}

	private Tags tags(ConnectionKey key, Tag more) {
		return Tags.of(this.origins.tag(key.origin()), more);
	}

	private static Tag outcome(@Nullable Http2Exception failure) {
		return Tag.of("outcome", (failure == null) ? "success" : "failure");
	}

	/** The code where there is one, else how far the attempt had come. */
	private static String reason(Http2Exception cause) {
		ErrorCode code = cause.context().code();
		return (code != null) ? name(code) : cause.context().phase().name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String name(ErrorCode code) {
		String name = code.name();
		return name.startsWith("0x") ? UNKNOWN_CODE : name.toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
