package io.github.h2transport.spring.boot.autoconfigure;

import java.net.URI;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.h2transport.Origin;
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

	/**
	 * Makes the endpoint.
	 * @param snapshot gives the state of now without waiting
	 */
	public H2PoolEndpoint(Supplier<TransportSnapshot> snapshot) {
		this.snapshot = snapshot;
	}

	/**
	 * Returns every connection, or those of one origin.
	 * @param origin for example {@code https://api.example.com}, {@code null} for all
	 * @return the pool, empty if there is no connection
	 */
	@ReadOperation
	public H2PoolDescriptor h2pool(@Nullable String origin) {
		Predicate<OriginSnapshot> wanted = (origin != null) ? matching(origin) : (any) -> true;
		List<H2PoolDescriptor.OriginDescriptor> origins = this.snapshot.get()
			.origins()
			.stream()
			.filter(wanted)
			.map(H2PoolDescriptor.OriginDescriptor::of)
			.toList();
		return new H2PoolDescriptor(origins);
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
			.map(H2PoolDescriptor.ConnectionDescriptor::of)
			.orElse(null);
	}

	/**
	 * Compares parsed origins, so that case and a left-out default port do not matter.
	 */
	private static Predicate<OriginSnapshot> matching(String text) {
		try {
			Origin wanted = Origin.of(URI.create(text));
			return (origin) -> origin.key().origin().equals(wanted);
		}
		catch (IllegalArgumentException ex) {
			return (origin) -> false;
		}
	}

}
