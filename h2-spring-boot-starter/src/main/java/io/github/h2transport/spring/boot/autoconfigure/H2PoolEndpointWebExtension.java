package io.github.h2transport.spring.boot.autoconfigure;

import java.util.Set;

import io.github.h2transport.spring.boot.autoconfigure.H2PoolDescriptor.Paths;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link H2PoolEndpoint}, which
 * knows who asks and so whether paths may be shown.
 */
@EndpointWebExtension(endpoint = H2PoolEndpoint.class)
public class H2PoolEndpointWebExtension {

	private final H2PoolEndpoint delegate;

	private final Show showPaths;

	private final Set<String> roles;

	H2PoolEndpointWebExtension(H2PoolEndpoint delegate, Show showPaths, Set<String> roles) {
		this.delegate = delegate;
		this.showPaths = showPaths;
		this.roles = Set.copyOf(roles);
	}

	/**
	 * Returns every connection, or those of one origin.
	 * @param securityContext who asks
	 * @param origin for example {@code https://api.example.com}, {@code null} for all
	 * @return the pool, empty if there is no connection
	 */
	@ReadOperation
	public H2PoolDescriptor h2pool(SecurityContext securityContext, @Nullable String origin) {
		return this.delegate.h2pool(origin, paths(securityContext));
	}

	/**
	 * Returns one connection, or the diagnosis.
	 * @param securityContext who asks
	 * @param id the connection's id, as in {@code c7}, or {@code diagnosis}
	 * @param origin of whom to give the diagnosis, {@code null} for all
	 * @return {@code null} if there is no such connection
	 */
	@ReadOperation
	public @Nullable OperationResponseBody connection(SecurityContext securityContext, @Selector String id,
			@Nullable String origin) {
		return this.delegate.connection(id, origin, paths(securityContext));
	}

	/**
	 * Lets a connection finish: it takes no new request, running streams go on.
	 * @param id the connection's id
	 * @return what drains, or 404 if there is no such connection
	 */
	@DeleteOperation
	public WebEndpointResponse<DrainDescriptor> drain(@Selector String id) {
		return response(this.delegate.drain(id));
	}

	/**
	 * Lets all connections to an origin finish; new requests get new ones.
	 * @param origin for example {@code https://api.example.com}
	 * @return what drains, or 404 if there is no connection to it
	 */
	@DeleteOperation
	public WebEndpointResponse<DrainDescriptor> drainOrigin(String origin) {
		return response(this.delegate.drainOrigin(origin));
	}

	/** Left to itself, Spring Boot would answer 204 for nothing. */
	private static WebEndpointResponse<DrainDescriptor> response(@Nullable DrainDescriptor draining) {
		return (draining != null) ? new WebEndpointResponse<>(draining)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private Paths paths(SecurityContext securityContext) {
		return this.showPaths.isShown(securityContext, this.roles) ? Paths.SHOWN : Paths.HIDDEN;
	}

}
