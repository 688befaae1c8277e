package io.github.h2transport.spring;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;

/**
 * The HTTP/1.1 clients of the fallback: one for all factories with the same settings,
 * made when the first call needs it. Nothing is kept that no factory uses any more.
 *
 * @param <C> makes the requests: a request factory, or a connector
 */
final class Http1Clients<C> {

	private final Supplier<Source<C>> source;

	private final ReentrantLock lock = new ReentrantLock();

	// Both guarded by lock. The values are weak because a value refers to its key.
	private final Map<HttpClientSettings, WeakReference<Http1Client<C>>> clients = new WeakHashMap<>();

	private @Nullable Source<C> made;

	/**
	 * Prepares clients without making any.
	 * @param source asked once, when the first client is needed
	 */
	Http1Clients(Supplier<Source<C>> source) {
		this.source = source;
	}

	/**
	 * Returns the client of these settings. Redirects are not its task: each hop decides
	 * anew which version of HTTP it takes; nor are cookies that the settings want kept.
	 * @param settings time-outs, SSL bundle and address filter
	 * @return a client, to be kept as long as it is used
	 * @throws RuntimeException if the client cannot do what the settings demand
	 */
	Http1Client<C> get(HttpClientSettings settings) {
		HttpClientSettings key = settings.withRedirects(HttpRedirects.DONT_FOLLOW);
		if (settings.cookieHandling() != null) {
			key = key.withCookieHandling(HttpCookieHandling.DISABLE);
		}
		this.lock.lock();
		try {
			if (source().keepsCookies() && settings.cookieHandling() == null) {
				// It does so unasked, and no other client may see them.
				return new Http1Client<>(key, source().build().apply(key));
			}
			WeakReference<Http1Client<C>> reference = this.clients.get(key);
			Http1Client<C> client = (reference != null) ? reference.get() : null;
			if (client == null) {
				client = new Http1Client<>(key, source().build().apply(key));
				this.clients.remove(key); // else the old, equal key would stay
				this.clients.put(key, new WeakReference<>(client));
			}
			return client;
		}
		finally {
			this.lock.unlock();
		}
	}

	private Source<C> source() {
		Source<C> current = this.made;
		if (current == null) {
			current = this.source.get();
			this.made = current;
		}
		return current;
	}

	/**
	 * Makes clients.
	 *
	 * @param <C> makes the requests
	 * @param build makes a client with these settings
	 * @param keepsCookies whether a client keeps cookies if the settings do not say
	 */
	record Source<C>(Function<HttpClientSettings, C> build, boolean keepsCookies) {
	}

	/**
	 * A client and the settings that it was made with.
	 *
	 * @param <C> makes the requests
	 * @param settings the key under which it is found, kept alive by this reference
	 * @param client makes its requests
	 */
	record Http1Client<C>(HttpClientSettings settings, C client) {
	}

	/** The clients of one factory, looked for by the first call that needs them. */
	static final class Lazy<C> {

		private final Http1Clients<C> clients;

		private final Supplier<HttpClientSettings> settings;

		/**
		 * By connect timeout, of which there are as many as origins with options of their
		 * own. Set by the first call that needs it, and again if its SSL bundle was
		 * updated; two of them would get the same.
		 */
		private final Map<Duration, Http1Client<C>> found = new ConcurrentHashMap<>();

		Lazy(Http1Clients<C> clients, Supplier<HttpClientSettings> settings) {
			this.clients = clients;
			this.settings = settings;
		}

		/**
		 * Returns the client.
		 * @param options those of the origin, give the connect timeout if the settings
		 * say nothing
		 * @return the client
		 * @throws IOException if it cannot be made with these settings
		 */
		Http1Client<C> get(TransportOptions options) throws IOException {
			HttpClientSettings given = this.settings.get();
			Duration connectTimeout = (given.connectTimeout() != null) ? given.connectTimeout()
					: options.connectTimeout();
			Http1Client<C> current = this.found.get(connectTimeout);
			if (current == null || current.settings().sslBundle() != given.sslBundle()) {
				try {
					current = this.clients.get(given.withConnectTimeout(connectTimeout));
				}
				catch (RuntimeException ex) {
					throw new IOException("No HTTP/1.1 client can be made with these settings: " + ex.getMessage(), ex);
				}
				this.found.put(connectTimeout, current);
			}
			return current;
		}

	}

}
