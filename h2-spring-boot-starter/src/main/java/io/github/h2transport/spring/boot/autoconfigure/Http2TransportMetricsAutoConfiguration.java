package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.metrics.Http2TransportMetrics;
import io.github.h2transport.spring.metrics.Http2TransportMetricsListener;
import io.github.h2transport.spring.metrics.OriginTags;
import io.github.h2transport.transport.Http2Transport;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the transport's meters, where there is a {@link MeterRegistry}.
 * Without one nothing listens, and nothing is measured.
 */
@AutoConfiguration(after = Http2TransportAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, Http2Transport.class })
@ConditionalOnBooleanProperty(name = "management.metrics.enable.h2.transport", matchIfMissing = true)
public final class Http2TransportMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	OriginTags http2TransportOriginTags() {
		return new OriginTags();
	}

	@Bean
	@ConditionalOnMissingBean
	Http2TransportMetricsListener http2TransportMetricsListener(MeterRegistry registry, OriginTags origins) {
		return new Http2TransportMetricsListener(registry, origins);
	}

	/** The transport is asked for late, for it is made with the listener. */
	@Bean
	@ConditionalOnMissingBean
	Http2TransportMetrics http2TransportMetrics(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport, OriginTags origins) {
		return new Http2TransportMetrics(() -> Http2TransportAutoConfiguration.snapshots(shared, transport).get(),
				origins);
	}

}
