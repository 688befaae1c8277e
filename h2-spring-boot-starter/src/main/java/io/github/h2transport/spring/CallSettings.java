package io.github.h2transport.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import io.github.h2transport.CallOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.util.Assert;

/**
 * How Spring Boot's settings become options of calls: what the builder of blocking and
 * that of reactive clients have in common. Immutable.
 */
final class CallSettings {

	private final SharedIdentities identities;

	private final List<Consumer<CallOptions.Builder>> changes;

	CallSettings(SharedIdentities identities) {
		this(identities, List.of());
	}

	private CallSettings(SharedIdentities identities, List<Consumer<CallOptions.Builder>> changes) {
		this.identities = identities;
		this.changes = changes;
	}

	CallSettings with(Consumer<CallOptions.Builder> change) {
		Assert.notNull(change, "'change' must not be null");
		return new CallSettings(this.identities, append(this.changes, List.of(change)));
	}

	/**
	 * Translates settings.
	 * @param settings connect timeout; read timeout, which replaces both the response and
	 * the read timeout; SSL bundle; address filter
	 * @return the options
	 * @throws IllegalStateException if the settings demand cookie handling
	 */
	CallOptions toCallOptions(HttpClientSettings settings) {
		CallOptions.Builder options = builder(settings);
		this.changes.forEach((change) -> change.accept(options));
		return options.build();
	}

	/**
	 * Translates settings and leaves the changes out.
	 * @param settings the settings
	 * @return the options that they alone become
	 */
	CallOptions apply(HttpClientSettings settings) {
		return builder(settings).build();
	}

	private CallOptions.Builder builder(HttpClientSettings settings) {
		Assert.state(settings.cookieHandling() != HttpCookieHandling.ENABLE,
				"The HTTP/2 client does not handle cookies; use 'enable-when-possible' or 'disable', "
						+ "or another client for this one");
		CallOptions.Builder options = CallOptions.builder()
			.connectTimeout(settings.connectTimeout())
			.responseTimeout(settings.readTimeout())
			.readTimeout(settings.readTimeout());
		if (settings.sslBundle() != null) {
			options.tls(this.identities.tlsOptions(settings.sslBundle()));
		}
		if (settings.inetAddressFilter() != null) {
			options.addressFilter(this.identities.addressFilter(settings.inetAddressFilter()));
		}
		return options;
	}

	/** Redirects are followed unless the settings forbid it. */
	static boolean followsRedirects(HttpClientSettings settings) {
		return settings.redirects() != HttpRedirects.DONT_FOLLOW;
	}

	static HttpClientSettings orDefaults(@Nullable HttpClientSettings settings) {
		return (settings != null) ? settings : HttpClientSettings.defaults();
	}

	/** For customizers too: the present ones first, none of them {@code null}. */
	static <T> List<T> append(List<T> present, Collection<T> added) {
		List<T> all = new ArrayList<>(present);
		all.addAll(added);
		return List.copyOf(all);
	}

}
