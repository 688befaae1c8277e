package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.transport.Http2Transport;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health contributor {@code h2Transport}. Off by default: that
 * a server elsewhere is down is no reason to take this application out of service.
 */
@AutoConfiguration(after = Http2TransportAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(Http2Transport.class)
@ConditionalOnBooleanProperty("management.health.h2-transport.enabled")
@EnableConfigurationProperties(Http2TransportHealthProperties.class)
public final class Http2TransportHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "h2TransportHealthIndicator", "h2TransportHealthContributor" })
	HealthIndicator h2TransportHealthIndicator(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport, ObjectProvider<Http1Origins> origins) {
		return new Http2TransportHealthIndicator(Http2TransportAutoConfiguration.snapshots(shared, transport),
				Http2TransportAutoConfiguration.http1(origins));
	}

}
