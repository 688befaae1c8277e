package io.github.h2transport.spring.boot.autoconfigure;

import java.util.List;
import java.util.function.Supplier;

import io.github.h2transport.OriginPattern;
import io.github.h2transport.ProxyResolver;
import io.github.h2transport.ProxySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The proxy that servers are called through.
 *
 * @param host Name or address of the HTTP proxy. Without it the system properties of the
 * JVM count.
 * @param port Port of the HTTP proxy.
 * @param username User name for the proxy, by the Basic scheme.
 * @param password Password for the proxy.
 * @param nonProxyHosts Servers that are called directly, as patterns like
 * "*.example.com".
 * @param useSystemProperties Whether "https.proxyHost" and the other system properties of
 * the JVM count if no host is set.
 */
public record Http2ProxyProperties(@Nullable String host, @Nullable Integer port, @Nullable String username,
		@Nullable String password, @DefaultValue( {
				"localhost", "127.*", "[::1]" }) List<String> nonProxyHosts,
		@DefaultValue("true") boolean useSystemProperties){

	private static final String PREFIX = Http2TransportProperties.PREFIX + ".proxy.";

	/** Whether these properties name a proxy. */
	boolean isSet() {
		return this.host != null && !this.host.isBlank();
	}

	/** Returns {@code null} for direct connections only. */
	@Nullable ProxyResolver toResolver() {
		if (this.port != null) {
			// Also without a host, as every property; and before the name, which would be
			// blamed for it.
			int number = this.port;
			checked("port", number, () -> ProxySettings.of("proxy", number));
		}
		if (!isSet()) {
			return this.useSystemProperties ? ProxyResolver.system() : null;
		}
		List<OriginPattern> direct = this.nonProxyHosts.stream()
			.map((text) -> checked("non-proxy-hosts", text, () -> OriginPattern.of(text)))
			.toList();
		return ProxyResolver.of(settings(), direct);
	}

	private ProxySettings settings() {
		String name = String.valueOf(this.host);
		if (this.port == null) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "port", null,
					"It must be set if " + PREFIX + "host is.");
		}
		int number = this.port;
		ProxySettings proxy = checked("host", name, () -> ProxySettings.of(name, number));
		if (this.username == null) {
			return proxy;
		}
		String user = this.username;
		return checked("username", user,
				() -> proxy.withCredentials(user, (this.password != null) ? this.password : ""));
	}

	private static <T> T checked(String name, Object value, Supplier<T> made) {
		try {
			return made.get();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + name, value, ex.getMessage() + ".");
		}
	}

	/** Without the password. */
	@Override
	public String toString() {
		return isSet() ? this.host + ":" + this.port : "none";
	}

}
