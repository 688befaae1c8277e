package io.github.h2transport.spring.boot.autoconfigure;

import java.util.List;

import io.github.h2transport.ProxyResolver;
import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.Http1Proxies;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.SharedIdentities;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Auto-configuration of the builder through which Spring Boot gives the HTTP/2 transport
 * to {@code WebClient.Builder} and reactive HTTP service groups, with or without a web
 * server. A builder bean of the application wins.
 */
@AutoConfiguration(before = ReactiveHttpClientAutoConfiguration.class,
		after = { HttpClientAutoConfiguration.class, Http2TransportAutoConfiguration.class })
@ConditionalOnClass(value = { ClientHttpConnector.class, Mono.class },
		name = BootVersionAutoConfiguration.CLASS_SINCE_4_1)
@ConditionalOnBooleanProperty(name = "h2.transport.enabled", matchIfMissing = true)
@Conditional(OnNoOtherClientChosenCondition.Reactive.class)
public final class Http2ReactiveClientAutoConfiguration {

	static final String BUILDER = "http2ClientHttpConnectorBuilder";

	@Bean(BUILDER)
	@ConditionalOnBean({ SharedIdentities.class, Http1Origins.class, Http2TransportProperties.class })
	@ConditionalOnMissingBean(ClientHttpConnectorBuilder.class)
	ClientHttpConnectorBuilder<?> http2ClientHttpConnectorBuilder(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport, SharedIdentities identities,
			ObjectProvider<ClientHttpConnectorBuilderCustomizer<?>> customizers, Http1Origins origins,
			Http2TransportProperties properties, ResourceLoader resourceLoader, Environment environment) {
		return customize(
				Http2ClientHttpConnectorBuilder
					.of(Http2TransportAutoConfiguration.source(shared, transport), identities)
					.withCompression(properties.isCompression())
					.withFallback(origins,
							() -> customize(detect(Http2TransportAutoConfiguration.options(shared, transport).proxy(),
									resourceLoader, environment), customizers.orderedStream().toList())),
				customizers.orderedStream().toList());
	}

	/** As for blocking clients. */
	private static ClientHttpConnectorBuilder<?> detect(@Nullable ProxyResolver proxy, ResourceLoader resourceLoader,
			Environment environment) {
		boolean systems = (proxy == ProxyResolver.system());
		ClientHttpConnectorBuilder<?> builder = (proxy != null && !systems) ? ClientHttpConnectorBuilder.jdk()
				: ClientHttpConnectorBuilder.detect(resourceLoader.getClassLoader());
		if (!(builder instanceof JdkClientHttpConnectorBuilder jdk)) {
			return builder;
		}
		if (Threading.VIRTUAL.isActive(environment)) {
			jdk = jdk.withExecutor(new VirtualThreadTaskExecutor("httpclient-"));
		}
		if (!systems) {
			Http1Proxies proxies = new Http1Proxies(proxy);
			jdk = jdk.withProxySelector(proxies)
				.withHttpClientCustomizer((client) -> client.authenticator(proxies.authenticator()));
		}
		return jdk;
	}

	private static ClientHttpConnectorBuilder<?> customize(ClientHttpConnectorBuilder<?> builder,
			List<ClientHttpConnectorBuilderCustomizer<?>> customizers) {
		ClientHttpConnectorBuilder<?> current = builder;
		for (ClientHttpConnectorBuilderCustomizer<?> customizer : customizers) {
			current = customize(current, customizer);
		}
		return current;
	}

	/** A customizer of another client's builder is left out, as Spring Boot does it. */
	@SuppressWarnings("unchecked")
	private static ClientHttpConnectorBuilder<?> customize(ClientHttpConnectorBuilder<?> builder,
			ClientHttpConnectorBuilderCustomizer<?> customizer) {
		ClientHttpConnectorBuilder<?> customized = LambdaSafe
			.callback(ClientHttpConnectorBuilderCustomizer.class, customizer, builder)
			.invokeAnd((matching) -> matching.customize(builder))
			.get(builder);
		return (customized != null) ? customized : builder;
	}

}
