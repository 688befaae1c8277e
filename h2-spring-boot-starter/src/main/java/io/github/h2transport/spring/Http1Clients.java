package io.github.h2transport.spring;

import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * The HTTP/1.1 clients of the fallback: one for all factories with the same settings,
 * made when the first call needs it. Nothing is kept that no factory uses any more.
 */
final class Http1Clients {

	private final Supplier<? extends ClientHttpRequestFactoryBuilder<?>> builder;

	private final ReentrantLock lock = new ReentrantLock();

	// Both guarded by lock. The values are weak because a value refers to its key.
	private final Map<HttpClientSettings, WeakReference<Http1Client>> clients = new WeakHashMap<>();

	private @Nullable ClientHttpRequestFactoryBuilder<?> made;

	/**
	 * Prepares clients without making any.
	 * @param builder asked once, when the first client is needed
	 */
	Http1Clients(Supplier<? extends ClientHttpRequestFactoryBuilder<?>> builder) {
		this.builder = builder;
	}

	/**
	 * Returns the client of these settings. Redirects are not its task: each hop decides
	 * anew which version of HTTP it takes.
	 * @param settings time-outs, SSL bundle and address filter
	 * @return a client, to be kept as long as it is used
	 * @throws RuntimeException if the client cannot do what the settings demand
	 */
	Http1Client get(HttpClientSettings settings) {
		HttpClientSettings key = settings.withRedirects(HttpRedirects.DONT_FOLLOW);
		this.lock.lock();
		try {
			WeakReference<Http1Client> reference = this.clients.get(key);
			Http1Client client = (reference != null) ? reference.get() : null;
			if (client == null) {
				client = new Http1Client(key, builder().build(key));
				this.clients.remove(key); // else the old, equal key would stay
				this.clients.put(key, new WeakReference<>(client));
			}
			return client;
		}
		finally {
			this.lock.unlock();
		}
	}

	private ClientHttpRequestFactoryBuilder<?> builder() {
		ClientHttpRequestFactoryBuilder<?> current = this.made;
		if (current == null) {
			current = http1Only(this.builder.get());
			this.made = current;
		}
		return current;
	}

	/**
	 * By its default the JDK's client would send {@code Upgrade: h2c} with every first
	 * request in cleartext, which servers stumble over and RFC 9113 section 3.1 dropped.
	 * The others speak HTTP/1.1 unless they are told otherwise.
	 */
	private static ClientHttpRequestFactoryBuilder<?> http1Only(ClientHttpRequestFactoryBuilder<?> builder) {
		return (builder instanceof JdkClientHttpRequestFactoryBuilder jdk)
				? jdk.withHttpClientCustomizer((client) -> client.version(HttpClient.Version.HTTP_1_1)) : builder;
	}

	/**
	 * A client and the settings that it was made with.
	 *
	 * @param settings the key under which it is found, kept alive by this reference
	 * @param requestFactory makes its requests
	 */
	record Http1Client(HttpClientSettings settings, ClientHttpRequestFactory requestFactory) {
	}

}
