package io.github.h2transport;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Says through which proxy an origin is called. Connections through different proxies, or
 * with different credentials, are never shared.
 */
@FunctionalInterface
public interface ProxyResolver {

	/**
	 * Returns the proxy for an origin. Called by the thread that makes a call, which may
	 * be an event loop, so it must not block; must be thread-safe. The answer is used for
	 * the calls of one second.
	 * @param origin where a call goes
	 * @return {@code null} for a direct connection
	 */
	@Nullable ProxySettings proxyFor(Origin origin);

	/**
	 * Does as the JVM is told: asks {@link java.net.ProxySelector#getDefault()}, which by
	 * default reads the system properties {@code https.proxyHost},
	 * {@code https.proxyPort}, {@code http.proxyHost}, {@code http.proxyPort} and
	 * {@code http.nonProxyHosts}. Credentials are those of {@code https.proxyUser} and
	 * {@code https.proxyPassword} (or {@code http.}…, by the scheme of the origin). SOCKS
	 * proxies are left out.
	 * @return a shared instance
	 */
	static ProxyResolver system() {
		return SystemProxies.INSTANCE;
	}

	/**
	 * Never uses a proxy.
	 * @return a resolver of direct connections
	 */
	static ProxyResolver none() {
		return (origin) -> null;
	}

	/**
	 * Uses one proxy.
	 * @param proxy the proxy
	 * @param direct origins that are called without it
	 * @return a resolver
	 */
	static ProxyResolver of(ProxySettings proxy, Collection<OriginPattern> direct) {
		List<OriginPattern> without = List.copyOf(direct);
		return (origin) -> without.stream().anyMatch((pattern) -> pattern.matches(origin)) ? null : proxy;
	}

}
