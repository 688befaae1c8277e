package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of the health contributor {@code h2Transport}.
 */
@ConfigurationProperties("management.health.h2-transport")
public class Http2TransportHealthProperties {

	/**
	 * Whether to enable the health contributor of the HTTP/2 transport. Servers elsewhere
	 * decide about it, so keep it out of readiness and liveness.
	 */
	private boolean enabled;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

}
