package io.github.h2transport;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that opens tunnels by {@code CONNECT} (RFC 9110 section 9.3.6). It is
 * spoken to in cleartext HTTP/1.1; what goes through the tunnel is as without a proxy:
 * TLS is between us and the server, whose certificate is verified. Immutable; two are
 * equal if host, port and credentials are.
 */
public final class ProxySettings {

	private static final int MAX_PORT = 65_535;

	private final String host;

	private final int port;

	private final @Nullable String username;

	private final @Nullable String password;

	private ProxySettings(String host, int port, @Nullable String username, @Nullable String password) {
		this.host = host;
		this.port = port;
		this.username = username;
		this.password = password;
	}

	/**
	 * Names a proxy that asks for no credentials.
	 * @param host its name or address; an IPv6 address with or without brackets
	 * @param port its port, 1 to 65535
	 * @return the settings
	 * @throws IllegalArgumentException if there is no host, or the port is out of range
	 */
	public static ProxySettings of(String host, int port) {
		String name = (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
		if (name.isBlank() || name.indexOf('/') >= 0 || hasControl(name)) {
			throw new IllegalArgumentException("The host of a proxy must be a name or an address, without a scheme");
		}
		if (port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException("The port of a proxy must be 1 to 65535, but is " + port);
		}
		return new ProxySettings(name, port, null, null);
	}

	/**
	 * Adds the credentials of the Basic scheme (RFC 7617), which are sent with each
	 * {@code CONNECT}, to the proxy alone, and in the clear: whoever listens between us
	 * and the proxy can read them.
	 * @param newUsername without a colon
	 * @param newPassword may be empty
	 * @return settings with credentials
	 * @throws IllegalArgumentException if the user name has a colon, or one of both a
	 * control character
	 */
	public ProxySettings withCredentials(String newUsername, String newPassword) {
		if (newUsername.indexOf(':') >= 0) {
			throw new IllegalArgumentException("The user name for a proxy must not have a colon (RFC 7617)");
		}
		if (hasControl(newUsername) || hasControl(newPassword)) {
			throw new IllegalArgumentException(
					"User name and password for a proxy must not have control characters (RFC 7617)");
		}
		return new ProxySettings(this.host, this.port, newUsername, newPassword);
	}

	private static boolean hasControl(String text) {
		return text.chars().anyMatch(Character::isISOControl);
	}

	public String host() {
		return this.host;
	}

	public int port() {
		return this.port;
	}

	public @Nullable String username() {
		return this.username;
	}

	public @Nullable String password() {
		return this.password;
	}

	/**
	 * Returns the value of {@code Proxy-Authorization}, which is a secret.
	 * @return {@code null} without credentials
	 */
	public @Nullable String authorization() {
		if (this.username == null) {
			return null;
		}
		byte[] pair = (this.username + ":" + this.password).getBytes(StandardCharsets.UTF_8);
		return "Basic " + Base64.getEncoder().encodeToString(pair);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ProxySettings that && this.port == that.port && this.host.equals(that.host)
				&& Objects.equals(this.username, that.username) && Objects.equals(this.password, that.password);
	}

	@Override
	public int hashCode() {
		return 31 * this.host.hashCode() + this.port;
	}

	/** Host and port; never the credentials. */
	@Override
	public String toString() {
		return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

}
