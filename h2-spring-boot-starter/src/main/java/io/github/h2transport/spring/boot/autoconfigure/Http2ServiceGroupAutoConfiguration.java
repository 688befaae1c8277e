package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * Auto-configuration that lets reactive HTTP service groups keep their own settings.
 */
@AutoConfiguration(after = { HttpClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
		Http2ReactiveClientAutoConfiguration.class })
@ConditionalOnClass(value = { WebClientCustomizer.class, WebClientHttpServiceGroupConfigurer.class },
		name = BootVersionAutoConfiguration.CLASS_SINCE_4_1)
@ConditionalOnBean(name = Http2ReactiveClientAutoConfiguration.BUILDER, value = HttpServiceClientProperties.class)
public final class Http2ServiceGroupAutoConfiguration {

	@Bean
	Http2ServiceGroupSettings http2ServiceGroupSettings(HttpServiceClientProperties properties,
			ObjectProvider<SslBundles> sslBundles, HttpClientSettings settings, ClientHttpConnectorBuilder<?> builder) {
		return new Http2ServiceGroupSettings(properties, sslBundles.getIfAvailable(), settings, builder);
	}

}
