package io.github.h2transport.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import io.github.h2transport.CallOptions;
import io.github.h2transport.TlsOptions;
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
	 * Returns the TLS identity of settings.
	 * @param settings the settings
	 * @return {@code null} if they have no SSL bundle
	 */
	@Nullable TlsIdentity identity(HttpClientSettings settings) {
		return (settings.sslBundle() != null) ? this.identities.identity(settings.sslBundle()) : null;
	}

	/**
	 * Translates settings and leaves the changes out.
	 * @param settings connect timeout; read timeout, which replaces both the response and
	 * the read timeout; address filter
	 * @param tls what their SSL bundle became, {@code null} if there is none
	 * @return the options that they alone become
	 */
	CallOptions apply(HttpClientSettings settings, @Nullable TlsOptions tls) {
		CallOptions.Builder options = CallOptions.builder()
			.connectTimeout(settings.connectTimeout())
			.responseTimeout(settings.readTimeout())
			.readTimeout(settings.readTimeout())
			.tls(tls);
		if (settings.inetAddressFilter() != null) {
			options.addressFilter(this.identities.addressFilter(settings.inetAddressFilter()));
		}
		return options.build();
	}

	/**
	 * Makes the changes.
	 * @param applied what the settings became
	 * @return the options to call with
	 */
	CallOptions change(CallOptions applied) {
		if (this.changes.isEmpty()) {
			return applied;
		}
		CallOptions.Builder options = applied.toBuilder();
		this.changes.forEach((change) -> change.accept(options));
		return options.build();
	}

	/**
	 * Returns what a client does by its settings beside sending requests. Redirects are
	 * followed unless they forbid it; cookies are kept if they want it, by every client
	 * on its own.
	 */
	static ClientFeatures features(HttpClientSettings settings, boolean compression) {
		boolean cookies = settings.cookieHandling() == HttpCookieHandling.ENABLE
				|| settings.cookieHandling() == HttpCookieHandling.ENABLE_WHEN_POSSIBLE;
		return new ClientFeatures(settings.redirects() != HttpRedirects.DONT_FOLLOW, compression,
				cookies ? new CookieJar() : null);
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
