package io.github.h2transport;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * The proxies that the JVM was told of.
 */
enum SystemProxies implements ProxyResolver {

	INSTANCE;

	@Override
	public @Nullable ProxySettings proxyFor(Origin origin) {
		ProxySelector selector = ProxySelector.getDefault();
		if (selector == null) {
			return null;
		}
		for (Proxy proxy : selector.select(URI.create(origin + "/"))) {
			if (proxy.type() == Proxy.Type.DIRECT) {
				return null;
			}
			if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
				return withCredentials(ProxySettings.of(address.getHostString(), address.getPort()), origin.scheme());
			}
		}
		return null;
	}

	private static ProxySettings withCredentials(ProxySettings proxy, String scheme) {
		String username = System.getProperty(scheme + ".proxyUser");
		if (username == null || username.isEmpty()) {
			return proxy;
		}
		return proxy.withCredentials(username, System.getProperty(scheme + ".proxyPassword", ""));
	}

}
