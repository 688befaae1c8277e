package io.github.h2transport.spring.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import io.github.h2transport.Origin;
import io.github.h2transport.ProxyResolver;
import io.github.h2transport.ProxySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class Http2ProxyPropertiesTests {

	private static final Origin SERVER = new Origin("https", "api.example.com", 443);

	private final Map<String, String> values = new HashMap<>();

	@Test
	void byDefaultTheSystemPropertiesCountUnlessTheyMustNot() {
		assertThat(resolver()).isSameAs(ProxyResolver.system());
		set("use-system-properties", "false");
		assertThat(resolver()).isNull();
	}

	@Test
	void aProxyIsUsedForAllButLocalServers() {
		set("host", "proxy.example").set("port", "3128");

		assertThat(resolver().proxyFor(SERVER)).isEqualTo(ProxySettings.of("proxy.example", 3128));
		assertThat(resolver().proxyFor(new Origin("http", "localhost", 8080))).isNull();
		assertThat(resolver().proxyFor(new Origin("http", "127.0.0.1", 8080))).isNull();
		assertThat(resolver().proxyFor(new Origin("http", "::1", 8080))).isNull();
	}

	@Test
	void theOnesToCallDirectlyMayBeNamed() {
		set("host", "proxy.example").set("port", "3128")
			.set("non-proxy-hosts", "*.example.com, https://other.test:8443");

		assertThat(resolver().proxyFor(SERVER)).isNull();
		assertThat(resolver().proxyFor(new Origin("https", "other.test", 8443))).isNull();
		assertThat(resolver().proxyFor(new Origin("https", "other.test", 443))).isNotNull();
		assertThat(resolver().proxyFor(new Origin("http", "localhost", 8080))).isNotNull();
	}

	@Test
	void credentialsAreKeptAndNotShown() {
		set("host", "proxy.example").set("port", "3128").set("username", "me").set("password", "topsecret");

		assertThat(resolver().proxyFor(SERVER))
			.isEqualTo(ProxySettings.of("proxy.example", 3128).withCredentials("me", "topsecret"));
		assertThat(properties().getProxy().toString()).isEqualTo("proxy.example:3128");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "port | 0 | The port of a proxy must be 1 to 65535",
					"host | http://proxy.example | The host of a proxy must be a name",
					"username | a:b | The user name", "non-proxy-hosts | a/b | A pattern must be" })
	void aBadValueIsRefusedWithItsName(String name, String value, String reason) {
		set("host", "proxy.example").set("port", "3128").set("username", "me").set(name, value);

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::resolver)
			.satisfies((failure) -> {
				assertThat(failure.getName()).isEqualTo("h2.transport.proxy." + name);
				assertThat(failure.getReason()).startsWith(reason);
			});
	}

	@Test
	void aHostWithoutAPortIsRefused() {
		set("host", "proxy.example");

		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(this::resolver)
			.satisfies((failure) -> assertThat(failure.getName()).isEqualTo("h2.transport.proxy.port"));
	}

	private Http2ProxyPropertiesTests set(String name, String value) {
		this.values.put("h2.transport.proxy." + name, value);
		return this;
	}

	private ProxyResolver resolver() {
		return properties().toTransportOptions().proxy();
	}

	private Http2TransportProperties properties() {
		return new Binder(new MapConfigurationPropertySource(this.values)).bindOrCreate("h2.transport",
				Http2TransportProperties.class);
	}

}
