package io.github.h2transport.hpack;

/**
 * Writes integers as RFC 7541 section 5.1 wants them. {@link BlockReader} reads them.
 */
final class PrefixInteger {

	private PrefixInteger() {
	}

	/**
	 * Appends an integer.
	 * @param pattern the bits of the first octet above the prefix
	 * @param prefixBits the size of the prefix, 1 to 8
	 * @param value the integer, 0 or more
	 * @param out where to append
	 */
	static void write(int pattern, int prefixBits, int value, OctetSink out) {
		int prefixMax = (1 << prefixBits) - 1;
		if (value < prefixMax) {
			out.write(pattern | value);
			return;
		}
		out.write(pattern | prefixMax);
		int rest = value - prefixMax;
		while (rest >= 0x80) {
			out.write(0x80 | (rest & 0x7f));
			rest >>>= 7;
		}
		out.write(rest);
	}

}
