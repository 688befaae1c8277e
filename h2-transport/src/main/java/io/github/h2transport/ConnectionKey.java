package io.github.h2transport;

import org.jspecify.annotations.Nullable;

/**
 * What two requests must have in common to share a connection.
 *
 * @param origin scheme, host and port
 * @param tls the TLS identity, {@code null} for the transport's own; compared by identity
 * @param addressFilter the address filter, {@code null} for none; compared by identity
 */
public record ConnectionKey(Origin origin, @Nullable TlsOptions tls, @Nullable AddressFilter addressFilter) {

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ConnectionKey that && this.tls == that.tls && this.addressFilter == that.addressFilter
				&& this.origin.equals(that.origin);
	}

	@Override
	public int hashCode() {
		return 31 * this.origin.hashCode() + System.identityHashCode(this.tls);
	}

	@Override
	public String toString() {
		return this.origin.toString();
	}

}
