package io.github.h2transport.spring.boot.autoconfigure;

import java.util.HashSet;
import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the {@code h2pool} endpoint.
 */
@ConfigurationProperties("management.endpoint.h2pool")
public class H2PoolEndpointProperties {

	/**
	 * When to show the paths of requests. Query strings and header values are never
	 * shown.
	 */
	private Show showPaths = Show.NEVER;

	/**
	 * Roles that a user needs to see paths if they are shown when authorized. When empty,
	 * all authenticated users are authorized.
	 */
	private final Set<String> roles = new HashSet<>();

	public Show getShowPaths() {
		return this.showPaths;
	}

	public void setShowPaths(Show showPaths) {
		this.showPaths = showPaths;
	}

	public Set<String> getRoles() {
		return this.roles;
	}

}
