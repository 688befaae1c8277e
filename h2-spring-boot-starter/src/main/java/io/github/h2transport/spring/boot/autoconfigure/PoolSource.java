package io.github.h2transport.spring.boot.autoconfigure;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Origin;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.spring.diagnosis.Diagnosis;
import io.github.h2transport.spring.diagnosis.Finding;
import io.github.h2transport.transport.TransportSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the connections of a key, from the transport and from the fallback.
 *
 * @param key the key
 * @param http2 its connections, {@code null} if there are none
 * @param http1 why it is called over HTTP/1.1, {@code null} if it is not
 */
record PoolSource(ConnectionKey key, @Nullable OriginSnapshot http2, @Nullable Http1Origin http1) {

	/**
	 * Collects whatever is known, each key once.
	 * @param transport the transport's state
	 * @param fallback who is called over HTTP/1.1
	 * @param origin of whom, as a URL; {@code null} for all
	 */
	static List<PoolSource> of(TransportSnapshot transport, List<Http1Origin> fallback, @Nullable String origin) {
		Map<ConnectionKey, OriginSnapshot> http2 = new LinkedHashMap<>();
		transport.origins().forEach((each) -> http2.put(each.key(), each));
		Map<ConnectionKey, Http1Origin> http1 = new LinkedHashMap<>();
		fallback.forEach((each) -> http1.put(each.key(), each));
		Set<ConnectionKey> keys = new LinkedHashSet<>(http2.keySet());
		keys.addAll(http1.keySet());
		Predicate<Origin> wanted = (origin != null) ? matching(origin) : (any) -> true;
		return keys.stream()
			.filter((key) -> wanted.test(key.origin()))
			.map((key) -> new PoolSource(key, http2.get(key), http1.get(key)))
			.toList();
	}

	/**
	 * Compares parsed origins, so that case and a left-out default port do not matter.
	 */
	static Predicate<Origin> matching(String text) {
		try {
			return Origin.of(URI.create(text))::equals;
		}
		catch (IllegalArgumentException ex) {
			return (origin) -> false;
		}
	}

	List<Finding> findings() {
		return Diagnosis.of(this.key, this.http2, this.http1);
	}

}
