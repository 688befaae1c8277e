package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.pool.PoolTotals;
import io.github.h2transport.transport.TransportSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class Http2TransportHealthTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(Http2TransportAutoConfiguration.class, Http2TransportHealthAutoConfiguration.class));

	@Test
	void itIsOffUnlessItIsWanted() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
		this.runner.withPropertyValues("management.health.defaults.enabled=true")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
		this.runner.withPropertyValues("management.health.h2-transport.enabled=true", "h2.transport.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	void nothingIsKnownBeforeTheFirstCallAndNoTransportIsMade() {
		this.runner.withPropertyValues("management.health.h2-transport.enabled=true").run((context) -> {
			assertThat(context).hasBean("h2TransportHealthIndicator");
			assertThat(context.getBean(HealthIndicator.class).health().getStatus()).isEqualTo(Status.UNKNOWN);
		});
	}

	@Test
	void anOriginThatNobodyCanReachIsDown() {
		Health health = health(origin("down", true), origin("up", false));

		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("origins",
				Map.of("https://down:443", "dial-failing", "https://up:443", "fine"));
	}

	@Test
	void everythingElseIsUp() {
		assertThat(health(origin("up", false)).getStatus()).isEqualTo(Status.UP);
	}

	private static Health health(OriginSnapshot... origins) {
		return new Http2TransportHealthIndicator(() -> new TransportSnapshot(List.of(origins)), List::of).health();
	}

	private static OriginSnapshot origin(String host, boolean down) {
		ConnectionKey key = new ConnectionKey(new Origin("https", host, 443), null, null);
		ConnectFailedException failure = down
				? new ConnectFailedException("refused", null, FailureContext.of(Initiator.PEER, Phase.CONNECT)) : null;
		return new OriginSnapshot(key, 0, List.of(), new PoolSnapshot(0, 0, 0, Duration.ZERO, failure, Duration.ZERO,
				PoolSnapshot.Limits.NONE, Map.of(), PoolSnapshot.Recent.NONE, PoolTotals.NONE));
	}

}
