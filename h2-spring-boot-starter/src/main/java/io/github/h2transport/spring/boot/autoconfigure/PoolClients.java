package io.github.h2transport.spring.boot.autoconfigure;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Origin;
import io.github.h2transport.TlsOptions;
import org.jspecify.annotations.Nullable;

/**
 * Who uses which connections, as far as it is known: Spring Boot builds a client for each
 * {@code RestClient.Builder} and tells nobody whose it is, but HTTP service groups have
 * their base URL and SSL bundle in properties.
 */
final class PoolClients {

	/** Nobody is known. */
	static final PoolClients UNKNOWN = new PoolClients((tls) -> null, Map.of());

	private final Function<TlsOptions, @Nullable String> bundleNames;

	/** By name, sorted. */
	private final Map<String, Group> groups;

	/**
	 * Collects what is known.
	 * @param bundleNames gives the name of the SSL bundle that an identity comes from
	 * @param groups the HTTP service groups by their names
	 */
	PoolClients(Function<TlsOptions, @Nullable String> bundleNames, Map<String, Group> groups) {
		this.bundleNames = bundleNames;
		this.groups = new TreeMap<>(groups);
	}

	/** The name of the SSL bundle, {@code null} if it has none. */
	@Nullable String sslBundle(ConnectionKey key) {
		TlsOptions tls = key.tls();
		return (tls != null) ? this.bundleNames.apply(tls) : null;
	}

	/** The names of the groups that call there, sorted. */
	List<String> serviceGroups(ConnectionKey key) {
		String bundle = sslBundle(key);
		List<String> names = new ArrayList<>();
		this.groups.forEach((name, group) -> {
			// In cleartext the bundle makes no difference.
			boolean same = !key.origin().isSecure() || Objects.equals(bundle, group.sslBundle());
			if (same && key.origin().equals(group.origin())) {
				names.add(name);
			}
		});
		return List.copyOf(names);
	}

	/**
	 * An HTTP service group.
	 *
	 * @param origin where its base URL leads, {@code null} if it has none
	 * @param sslBundle the SSL bundle that it is set to, {@code null} for none
	 */
	record Group(@Nullable Origin origin, @Nullable String sslBundle) {

		static Group of(@Nullable String baseUrl, @Nullable String sslBundle) {
			return new Group(origin(baseUrl), sslBundle);
		}

		/** A base URL that cannot be used is for others to complain of. */
		private static @Nullable Origin origin(@Nullable String baseUrl) {
			try {
				return (baseUrl != null) ? Origin.of(URI.create(baseUrl)) : null;
			}
			catch (IllegalArgumentException ex) {
				return null;
			}
		}

	}

}
