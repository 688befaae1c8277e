package io.github.h2transport;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

/**
 * Decides which resolved addresses may be connected to. Compared by identity, like
 * {@link TlsOptions}: a connection made under one filter is never used under another.
 */
@FunctionalInterface
public interface AddressFilter {

	/**
	 * Returns whether an address may be used. Called on a name look-up thread; must be
	 * thread-safe and must not block.
	 * @param host the host name that was looked up
	 * @param address one of its addresses
	 * @return {@code false} to leave the address out
	 */
	boolean accepts(String host, InetAddress address);

	/**
	 * Says why a host cannot be called, after every one of its addresses was left out.
	 * Called on a name look-up thread.
	 * @param host the host name
	 * @return the cause of the failure, {@code null} for none
	 */
	default @Nullable Throwable refusal(String host) {
		return null;
	}

}
