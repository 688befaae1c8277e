package io.github.h2transport.spring;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;

import io.github.h2transport.Origin;
import io.github.h2transport.ProxyResolver;
import io.github.h2transport.ProxySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Tells the JDK's client of the proxies that HTTP/2 uses, for calls that go over
 * HTTP/1.1. Thread-safe.
 */
public final class Http1Proxies extends ProxySelector {

	private final @Nullable ProxyResolver proxies;

	/**
	 * Adapts a resolver.
	 * @param proxies the resolver, {@code null} for direct connections only
	 */
	public Http1Proxies(@Nullable ProxyResolver proxies) {
		this.proxies = proxies;
	}

	@Override
	public List<Proxy> select(URI uri) {
		Assert.notNull(uri, "'uri' must not be null");
		ProxySettings proxy = (this.proxies != null) ? this.proxies.proxyFor(Origin.of(uri)) : null;
		return List.of((proxy != null)
				? new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port()))
				: Proxy.NO_PROXY);
	}

	@Override
	public void connectFailed(URI uri, SocketAddress address, IOException failure) {
		// There is no other one to turn to.
	}

	/**
	 * Returns what gives the proxies, and nobody else, their credentials.
	 * @return an authenticator for the JDK's client
	 */
	public Authenticator authenticator() {
		return new Authenticator() {

			@Override
			protected @Nullable PasswordAuthentication getPasswordAuthentication() {
				if (getRequestorType() != RequestorType.PROXY || Http1Proxies.this.proxies == null
						|| getRequestingURL() == null) {
					return null;
				}
				ProxySettings proxy = Http1Proxies.this.proxies
					.proxyFor(Origin.of(URI.create(getRequestingURL().toString())));
				if (proxy == null || proxy.username() == null || proxy.password() == null
						|| proxy.port() != getRequestingPort() || !proxy.host().equalsIgnoreCase(getRequestingHost())) {
					return null;
				}
				return new PasswordAuthentication(proxy.username(), proxy.password().toCharArray());
			}

		};
	}

}
