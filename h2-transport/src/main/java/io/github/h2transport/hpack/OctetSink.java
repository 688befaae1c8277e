package io.github.h2transport.hpack;

import java.util.Arrays;
import java.util.Objects;

/**
 * Growable octets. Confined to one thread at a time.
 */
public final class OctetSink {

	// confined to the caller, like all state here
	private byte[] octets;

	private int length;

	/**
	 * Makes an empty sink.
	 * @param initialCapacity octets that fit before the array grows, 0 or more
	 */
	public OctetSink(int initialCapacity) {
		this.octets = new byte[initialCapacity];
	}

	/**
	 * Returns the array that holds the octets, from index 0. Writing may replace it.
	 * @return the array itself, not a copy
	 */
	public byte[] array() {
		return this.octets;
	}

	/**
	 * Returns how many octets were written since the last {@link #clear()}.
	 * @return the number of valid octets in {@link #array()}
	 */
	public int length() {
		return this.length;
	}

	/** Forgets the octets and keeps the array. */
	public void clear() {
		this.length = 0;
	}

	/**
	 * Appends one octet.
	 * @param octet the octet; only the low 8 bits count
	 */
	public void write(int octet) {
		if (this.length == this.octets.length) {
			grow(1);
		}
		this.octets[this.length++] = (byte) octet;
	}

	/**
	 * Appends octets.
	 * @param src where they are
	 * @param off the first one
	 * @param len how many
	 */
	public void write(byte[] src, int off, int len) {
		Objects.checkFromIndexSize(off, len, src.length);
		int start = reserve(len);
		System.arraycopy(src, off, this.octets, start, len);
	}

	/**
	 * Appends octets whose values the caller puts into {@link #array()} afterwards.
	 * @param count how many
	 * @return the index of the first one
	 */
	int reserve(int count) {
		if (count > this.octets.length - this.length) {
			grow(count);
		}
		int start = this.length;
		this.length += count;
		return start;
	}

	private void grow(int more) {
		int needed = Math.addExact(this.length, more);
		int doubled = (int) Math.min(2L * this.octets.length, Integer.MAX_VALUE - 8);
		this.octets = Arrays.copyOf(this.octets, Math.max(doubled, needed));
	}

}
