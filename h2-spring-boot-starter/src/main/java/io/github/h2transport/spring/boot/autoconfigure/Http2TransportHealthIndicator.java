package io.github.h2transport.spring.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.spring.diagnosis.Finding;
import io.github.h2transport.spring.diagnosis.Severity;
import io.github.h2transport.transport.TransportSnapshot;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health by the diagnosis of what is there already: it makes no call of its own. DOWN if
 * an origin has a critical finding, UNKNOWN if nothing was called yet or everything is
 * closed again, otherwise UP.
 */
final class Http2TransportHealthIndicator extends AbstractHealthIndicator {

	private final Supplier<TransportSnapshot> snapshot;

	private final Supplier<List<Http1Origin>> http1Origins;

	Http2TransportHealthIndicator(Supplier<TransportSnapshot> snapshot, Supplier<List<Http1Origin>> http1Origins) {
		super("The HTTP/2 transport could not be looked at");
		this.snapshot = snapshot;
		this.http1Origins = http1Origins;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		List<PoolSource> sources = PoolSource.of(this.snapshot.get(), this.http1Origins.get(), null);
		if (sources.isEmpty()) {
			builder.unknown();
			return;
		}
		boolean critical = false;
		Map<String, String> origins = new LinkedHashMap<>();
		for (PoolSource source : sources) {
			Finding worst = source.findings().get(0);
			critical |= worst.severity() == Severity.CRITICAL;
			// Of clients with different identities the worse one counts.
			origins.merge(worst.origin(), worst.kind().id(),
					(known, more) -> (worst.severity() == Severity.OK) ? known : more);
		}
		if (critical) {
			builder.down();
		}
		else {
			builder.up();
		}
		builder.withDetail("origins", origins);
	}

}
