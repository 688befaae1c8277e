package io.github.h2transport.spring.boot.autoconfigure;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.h2transport.Origin;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.ConnectionDescriptor;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.OriginDescriptor;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.Paths;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.TotalsDescriptor;
import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.TrafficDescriptor;
import io.github.h2transport.transport.TransportSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows the HTTP/2 connections of the application and
 * what runs on them, says what holds calls up, and lets connections finish. It reads a
 * snapshot, which waits for nobody, and never shows header values or query strings.
 */
@Endpoint(id = "h2pool", defaultAccess = Access.READ_ONLY)
@RegisterReflectionForBinding({ ConnectionDescriptor.class, DiagnosisDescriptor.class })
public class H2PoolEndpoint {

	/** The word in the place of a connection's id that asks for the diagnosis. */
	static final String DIAGNOSIS = "diagnosis";

	private final Supplier<TransportSnapshot> snapshot;

	private final Supplier<List<Http1Origin>> http1Origins;

	private final Consumer<String> drain;

	private final PoolClients clients;

	private final Paths paths;

	H2PoolEndpoint(Supplier<TransportSnapshot> snapshot, Supplier<List<Http1Origin>> http1Origins,
			Consumer<String> drain, PoolClients clients, Paths paths) {
		this.snapshot = snapshot;
		this.http1Origins = http1Origins;
		this.drain = drain;
		this.clients = clients;
		this.paths = paths;
	}

	/**
	 * Returns every connection, or those of one origin.
	 * @param origin for example {@code https://api.example.com}, {@code null} for all
	 * @return the pool, empty if there is no connection
	 */
	@ReadOperation
	public H2PoolDescriptor h2pool(@Nullable String origin) {
		return h2pool(origin, this.paths);
	}

	H2PoolDescriptor h2pool(@Nullable String origin, Paths shown) {
		TransportSnapshot transport = this.snapshot.get();
		List<OriginDescriptor> origins = PoolSource.of(transport, this.http1Origins.get(), origin)
			.stream()
			.map((source) -> OriginDescriptor.of(source.key(), source.http2(), source.http1(), this.clients, shown))
			.toList();
		return new H2PoolDescriptor(origins, TotalsDescriptor.of(transport.totals()),
				TrafficDescriptor.of(transport.traffic()));
	}

	/**
	 * Returns one connection, or the diagnosis.
	 * @param id the connection's id, as in {@code c7}, or {@code diagnosis}
	 * @param origin of whom to give the diagnosis, {@code null} for all
	 * @return {@code null} if there is no such connection
	 */
	@ReadOperation
	public @Nullable OperationResponseBody connection(@Selector String id, @Nullable String origin) {
		return connection(id, origin, this.paths);
	}

	@Nullable OperationResponseBody connection(String id, @Nullable String origin, Paths shown) {
		if (id.equals(DIAGNOSIS)) {
			return diagnosis(origin);
		}
		return this.snapshot.get()
			.origins()
			.stream()
			.flatMap((each) -> each.connections().stream())
			.filter((connection) -> connection.id().equals(id))
			.findFirst()
			.map((connection) -> ConnectionDescriptor.inDetail(connection, shown))
			.orElse(null);
	}

	private DiagnosisDescriptor diagnosis(@Nullable String origin) {
		return DiagnosisDescriptor.of(PoolSource.of(this.snapshot.get(), this.http1Origins.get(), origin)
			.stream()
			.map((source) -> DiagnosisDescriptor.OriginDiagnosis.of(this.clients.sslBundle(source.key()),
					source.findings()))
			.toList());
	}

	/**
	 * Lets a connection finish: it takes no new request, running streams go on.
	 * @param id the connection's id
	 * @return what drains, {@code null} if there is no such connection
	 */
	@DeleteOperation
	public @Nullable DrainDescriptor drain(@Selector String id) {
		return drain((connection) -> connection.id().equals(id));
	}

	/**
	 * Lets all connections to an origin finish; new requests get new ones.
	 * @param origin for example {@code https://api.example.com}
	 * @return what drains, {@code null} if there is no connection to it
	 */
	@DeleteOperation
	public @Nullable DrainDescriptor drainOrigin(String origin) {
		Predicate<Origin> wanted = PoolSource.matching(origin);
		return drain((connection) -> wanted.test(connection.key().origin()));
	}

	private @Nullable DrainDescriptor drain(Predicate<ConnectionSnapshot> which) {
		List<String> ids = this.snapshot.get()
			.origins()
			.stream()
			.flatMap((origin) -> origin.connections().stream())
			.filter((connection) -> connection.state() == ConnectionState.OPEN
					|| connection.state() == ConnectionState.DRAINING)
			.filter(which)
			.map(ConnectionSnapshot::id)
			.toList();
		ids.forEach(this.drain);
		return ids.isEmpty() ? null : new DrainDescriptor(ids);
	}

}
