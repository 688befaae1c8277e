package io.github.h2transport.spring;

import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;

import io.github.h2transport.AddressFilter;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.FilteredHostException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.JdkHttpClientBuilder;

/** Spring Boot's address filter as the transport knows it. */
final class BootAddressFilter implements AddressFilter {

	private final InetAddressFilter filter;

	/** Made by the first refusal; two of them would say the same. */
	private volatile @Nullable ProxySelector selector;

	BootAddressFilter(InetAddressFilter filter) {
		this.filter = filter;
	}

	@Override
	public boolean accepts(String host, InetAddress address) {
		return this.filter.matches(address);
	}

	/**
	 * Users look for Spring Boot's {@link FilteredHostException} among the causes. Only
	 * Spring Boot itself can make one, and does so where the JDK's client asks for its
	 * proxy.
	 */
	@Override
	public @Nullable Throwable refusal(String host) {
		try {
			selector().select(new URI("https", (host.indexOf(':') >= 0) ? "[" + host + "]" : host, "/", null));
			return null;
		}
		catch (FilteredHostException ex) {
			return ex;
		}
		catch (URISyntaxException | RuntimeException ex) {
			// The message of the transport has to be enough.
			return null;
		}
	}

	private ProxySelector selector() {
		ProxySelector current = this.selector;
		if (current == null) {
			current = new JdkHttpClientBuilder().build(HttpClientSettings.defaults().withInetAddressFilter(this.filter))
				.proxy()
				.orElseThrow();
			this.selector = current;
		}
		return current;
	}

}
