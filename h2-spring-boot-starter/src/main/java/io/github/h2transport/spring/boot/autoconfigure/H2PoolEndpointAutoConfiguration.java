package io.github.h2transport.spring.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.SharedIdentities;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.Paths;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the {@code h2pool} endpoint, where Actuator is present and
 * exposes it.
 */
@AutoConfiguration(after = Http2TransportAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(H2PoolEndpoint.class)
@ConditionalOnBean(Http2Transport.class)
@EnableConfigurationProperties(H2PoolEndpointProperties.class)
public final class H2PoolEndpointAutoConfiguration {

	private static final String GROUPS = "spring.http.serviceclient";

	private static final String GENERAL_BUNDLE = "spring.http.clients.ssl.bundle";

	@Bean
	@ConditionalOnMissingBean
	H2PoolEndpoint h2PoolEndpoint(ObjectProvider<SharedHttp2Transport> shared, ObjectProvider<Http2Transport> transport,
			ObjectProvider<SharedIdentities> identities, ObjectProvider<Http1Origins> origins,
			H2PoolEndpointProperties properties, Environment environment) {
		PoolClients clients = new PoolClients((tls) -> {
			SharedIdentities known = identities.getIfAvailable();
			return (known != null) ? known.nameOf(tls) : null;
		}, groups(environment));
		Paths paths = (properties.getShowPaths() == Show.ALWAYS) ? Paths.SHOWN : Paths.HIDDEN;
		SharedHttp2Transport own = shared.getIfAvailable();
		Consumer<String> drain = (own != null) ? own::drain : transport.getObject()::drain;
		return new H2PoolEndpoint(Http2TransportAutoConfiguration.snapshots(shared, transport),
				Http2TransportAutoConfiguration.http1(origins), drain, clients, paths);
	}

	@Bean
	@ConditionalOnBean(H2PoolEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	H2PoolEndpointWebExtension h2PoolEndpointWebExtension(H2PoolEndpoint endpoint,
			H2PoolEndpointProperties properties) {
		return new H2PoolEndpointWebExtension(endpoint, properties.getShowPaths(), properties.getRoles());
	}

	/** A group without a bundle of its own has the one of all clients. */
	private static Map<String, PoolClients.Group> groups(Environment environment) {
		Binder binder = Binder.get(environment);
		String general = binder.bind(GENERAL_BUNDLE, String.class).orElse("");
		Map<String, PoolClients.Group> groups = new HashMap<>();
		binder.bind(GROUPS, Bindable.mapOf(String.class, HttpClientProperties.class))
			.orElseGet(Map::of)
			.forEach((name, group) -> groups.put(name,
					PoolClients.Group.of(group.getBaseUrl(), bundle(group.getSsl().getBundle(), general))));
		return groups;
	}

	private static @Nullable String bundle(@Nullable String own, String general) {
		if (own != null && !own.isEmpty()) {
			return own;
		}
		return general.isEmpty() ? null : general;
	}

}
