package io.github.h2transport.spring.boot.autoconfigure;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Origin;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.transport.TransportSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows the HTTP/2 connections of the application and
 * what runs on them. It reads a snapshot, which waits for nobody, and never shows header
 * values or query strings.
 */
@Endpoint(id = "h2pool", defaultAccess = Access.READ_ONLY)
public class H2PoolEndpoint {

	private final Supplier<TransportSnapshot> snapshot;

	private final Supplier<List<Http1Origin>> http1Origins;

	/**
	 * Makes the endpoint.
	 * @param snapshot gives the state of now without waiting
	 * @param http1Origins gives who is called over HTTP/1.1, without waiting
	 */
	public H2PoolEndpoint(Supplier<TransportSnapshot> snapshot, Supplier<List<Http1Origin>> http1Origins) {
		this.snapshot = snapshot;
		this.http1Origins = http1Origins;
	}

	/**
	 * Returns every connection, or those of one origin.
	 * @param origin for example {@code https://api.example.com}, {@code null} for all
	 * @return the pool, empty if there is no connection
	 */
	@ReadOperation
	public H2PoolDescriptor h2pool(@Nullable String origin) {
		Map<ConnectionKey, OriginSnapshot> http2 = new LinkedHashMap<>();
		this.snapshot.get().origins().forEach((each) -> http2.put(each.key(), each));
		Map<ConnectionKey, Http1Origin> http1 = new LinkedHashMap<>();
		this.http1Origins.get().forEach((each) -> http1.put(each.key(), each));
		Set<ConnectionKey> keys = new LinkedHashSet<>(http2.keySet());
		keys.addAll(http1.keySet());
		Predicate<Origin> wanted = (origin != null) ? matching(origin) : (any) -> true;
		return new H2PoolDescriptor(keys.stream()
			.filter((key) -> wanted.test(key.origin()))
			.map((key) -> H2PoolDescriptor.OriginDescriptor.of(key, http2.get(key), http1.get(key)))
			.toList());
	}

	/**
	 * Returns one connection.
	 * @param id the connection's id, as in {@code c7}
	 * @return {@code null} if there is no such connection
	 */
	@ReadOperation
	public H2PoolDescriptor.@Nullable ConnectionDescriptor connection(@Selector String id) {
		return this.snapshot.get()
			.origins()
			.stream()
			.flatMap((origin) -> origin.connections().stream())
			.filter((connection) -> connection.id().equals(id))
			.findFirst()
			.map(H2PoolDescriptor.ConnectionDescriptor::inDetail)
			.orElse(null);
	}

	/**
	 * Compares parsed origins, so that case and a left-out default port do not matter.
	 */
	private static Predicate<Origin> matching(String text) {
		try {
			return Origin.of(URI.create(text))::equals;
		}
		catch (IllegalArgumentException ex) {
			return (origin) -> false;
		}
	}

}
