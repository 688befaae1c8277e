package io.github.h2transport;

import org.jspecify.annotations.Nullable;

/**
 * What two requests must have in common to share a connection.
 *
 * @param origin scheme, host and port
 * @param tls the TLS identity, {@code null} for the transport's own; compared by identity
 * @param addressFilter the address filter, {@code null} for none; compared by identity
 * @param proxy the proxy, with its credentials; {@code null} for a direct connection
 */
public record ConnectionKey(Origin origin, @Nullable TlsOptions tls, @Nullable AddressFilter addressFilter,
		@Nullable ProxySettings proxy) {

	/**
	 * Makes the key of direct connections.
	 * @param origin scheme, host and port
	 * @param tls the TLS identity, {@code null} for the transport's own
	 * @param addressFilter the address filter, {@code null} for none
	 */
	public ConnectionKey(Origin origin, @Nullable TlsOptions tls, @Nullable AddressFilter addressFilter) {
		this(origin, tls, addressFilter, null);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ConnectionKey that && this.tls == that.tls && this.addressFilter == that.addressFilter
				&& this.origin.equals(that.origin)
				&& ((this.proxy != null) ? this.proxy.equals(that.proxy) : that.proxy == null);
	}

	@Override
	public int hashCode() {
		return 31 * this.origin.hashCode() + System.identityHashCode(this.tls);
	}

	/** The origin, and the proxy if there is one. */
	@Override
	public String toString() {
		return (this.proxy != null) ? this.origin + " through the proxy " + this.proxy : this.origin.toString();
	}

}
