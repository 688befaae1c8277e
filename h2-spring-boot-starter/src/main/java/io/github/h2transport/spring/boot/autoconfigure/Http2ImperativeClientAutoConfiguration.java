package io.github.h2transport.spring.boot.autoconfigure;

import java.util.List;

import io.github.h2transport.ProxyResolver;
import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.Http1Proxies;
import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.SharedIdentities;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Auto-configuration of the builder through which Spring Boot gives the HTTP/2 transport
 * to {@code RestClient.Builder}, {@code RestTemplateBuilder} and HTTP service groups, in
 * servlet, reactive and non-web applications alike. A builder bean of the application
 * wins.
 */
@AutoConfiguration(before = ImperativeHttpClientAutoConfiguration.class,
		after = { HttpClientAutoConfiguration.class, Http2TransportAutoConfiguration.class })
@ConditionalOnClass(name = BootVersionAutoConfiguration.CLASS_SINCE_4_1)
@ConditionalOnBooleanProperty(name = "h2.transport.enabled", matchIfMissing = true)
@Conditional(OnNoOtherClientChosenCondition.Imperative.class)
public final class Http2ImperativeClientAutoConfiguration {

	static final String BUILDER = "http2ClientHttpRequestFactoryBuilder";

	@Bean(BUILDER)
	@ConditionalOnBean({ SharedIdentities.class, Http1Origins.class, Http2TransportProperties.class })
	@ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
	ClientHttpRequestFactoryBuilder<?> http2ClientHttpRequestFactoryBuilder(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport, SharedIdentities identities,
			ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers, Http1Origins origins,
			Http2TransportProperties properties, ResourceLoader resourceLoader, Environment environment) {
		return customize(
				Http2ClientHttpRequestFactoryBuilder
					.of(Http2TransportAutoConfiguration.source(shared, transport), identities)
					.withCompression(properties.isCompression())
					.withFallback(origins,
							() -> customize(detect(Http2TransportAutoConfiguration.options(shared, transport).proxy(),
									resourceLoader, environment), customizers.orderedStream().toList())),
				customizers.orderedStream().toList());
	}

	/**
	 * What Spring Boot would have picked if this starter were not there; the JDK's client
	 * if there is a proxy of ours, since each of the others is told of one in its own
	 * way.
	 */
	private static ClientHttpRequestFactoryBuilder<?> detect(@Nullable ProxyResolver proxy,
			ResourceLoader resourceLoader, Environment environment) {
		boolean systems = (proxy == ProxyResolver.system());
		ClientHttpRequestFactoryBuilder<?> builder = (proxy != null && !systems) ? ClientHttpRequestFactoryBuilder.jdk()
				: ClientHttpRequestFactoryBuilder.detect(resourceLoader.getClassLoader());
		if (!(builder instanceof JdkClientHttpRequestFactoryBuilder jdk)) {
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

	private static ClientHttpRequestFactoryBuilder<?> customize(ClientHttpRequestFactoryBuilder<?> builder,
			List<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
		ClientHttpRequestFactoryBuilder<?> current = builder;
		for (ClientHttpRequestFactoryBuilderCustomizer<?> customizer : customizers) {
			current = customize(current, customizer);
		}
		return current;
	}

	/** A customizer of another client's builder is left out, as Spring Boot does it. */
	@SuppressWarnings("unchecked")
	private static ClientHttpRequestFactoryBuilder<?> customize(ClientHttpRequestFactoryBuilder<?> builder,
			ClientHttpRequestFactoryBuilderCustomizer<?> customizer) {
		ClientHttpRequestFactoryBuilder<?> customized = LambdaSafe
			.callback(ClientHttpRequestFactoryBuilderCustomizer.class, customizer, builder)
			.invokeAnd((matching) -> matching.customize(builder))
			.get(builder);
		return (customized != null) ? customized : builder;
	}

	/** Spring Boot makes this bean from the builder, except in reactive applications. */
	@Bean
	@Lazy
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	@ConditionalOnBean(name = BUILDER)
	@ConditionalOnMissingBean
	ClientHttpRequestFactory clientHttpRequestFactory(ClientHttpRequestFactoryBuilder<?> builder,
			HttpClientSettings settings) {
		return builder.build(settings);
	}

}
