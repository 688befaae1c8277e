package io.github.h2transport.conn;

/**
 * How much content all connections of a transport have carried since it was made.
 *
 * @param sentOctets octets of DATA payload that were sent
 * @param receivedOctets octets of DATA payload that have arrived, padding included
 */
public record Traffic(long sentOctets, long receivedOctets) {

	/** Nothing was carried. */
	public static final Traffic NONE = new Traffic(0, 0);

	/**
	 * Adds what another transport has carried.
	 * @param other the other's
	 * @return what both have carried
	 */
	public Traffic plus(Traffic other) {
		return new Traffic(this.sentOctets + other.sentOctets, this.receivedOctets + other.receivedOctets);
	}

}
