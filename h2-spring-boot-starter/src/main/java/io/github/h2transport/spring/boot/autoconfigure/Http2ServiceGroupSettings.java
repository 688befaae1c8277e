package io.github.h2transport.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * Gives reactive HTTP service groups their own timeouts, redirects and SSL bundle. Spring
 * Boot does so too, but its customizer of all {@code WebClient} builders then puts the
 * application's general connector in that place
 * (https://github.com/spring-projects/spring-boot/issues/49279).
 */
final class Http2ServiceGroupSettings implements WebClientHttpServiceGroupConfigurer {

	/** After Spring Boot's customizers, which have 0, and before those without order. */
	private static final int ORDER = 10;

	private final HttpServiceClientProperties properties;

	private final HttpClientSettings general;

	private final HttpClientSettingsPropertyMapper mapper;

	private final ClientHttpConnectorBuilder<?> builder;

	Http2ServiceGroupSettings(HttpServiceClientProperties properties, @Nullable SslBundles sslBundles,
			HttpClientSettings general, ClientHttpConnectorBuilder<?> builder) {
		this.properties = properties;
		this.general = general;
		this.mapper = new HttpClientSettingsPropertyMapper(sslBundles, general);
		this.builder = builder;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		groups.forEachClient((group, client) -> {
			HttpClientProperties own = this.properties.get(group.name());
			HttpClientSettings settings = (own != null) ? this.mapper.map(own) : this.general;
			// A group that says nothing keeps what customizers gave it.
			if (!settings.equals(this.general)) {
				client.clientConnector(this.builder.build(settings));
			}
		});
	}

}
