package io.github.h2transport.hpack;

/**
 * A header block that cannot be decoded. The two dynamic tables have parted for good, so
 * it is always a connection error of type COMPRESSION_ERROR (RFC 9113 section 4.3). The
 * message never contains text of the peer.
 */
public final class HpackException extends Exception {

	private static final long serialVersionUID = 1L;

	private final int position;

	HpackException(int position, String reason) {
		super("header block, octet " + position + ": " + reason);
		this.position = position;
	}

	/**
	 * Returns where in the block decoding stopped.
	 * @return octets from the start of the block, from 0
	 */
	public int position() {
		return this.position;
	}

}
