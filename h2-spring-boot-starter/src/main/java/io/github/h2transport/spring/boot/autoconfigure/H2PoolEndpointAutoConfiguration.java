package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.transport.Http2Transport;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the {@code h2pool} endpoint, where Actuator is present and
 * exposes it.
 */
@AutoConfiguration(after = Http2TransportAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(H2PoolEndpoint.class)
public final class H2PoolEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(Http2Transport.class)
	@ConditionalOnMissingBean
	H2PoolEndpoint h2PoolEndpoint(ObjectProvider<SharedHttp2Transport> shared, ObjectProvider<Http2Transport> transport,
			Http1Origins origins) {
		SharedHttp2Transport own = shared.getIfAvailable();
		return new H2PoolEndpoint((own != null) ? own::snapshot : transport.getObject()::snapshot, origins::snapshot);
	}

}
