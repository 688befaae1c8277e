package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Arrays for large pieces of content, to be used again: a new one has to be cleared by
 * the JVM before it is filled, and is not in the processor's cache. Thread-safe, never
 * waiting; what does not fit in is left to the garbage collector.
 */
final class SpareArrays {

	/** The largest content of a frame that the peer may send unasked. */
	static final int ARRAY_SIZE = 16 * 1024;

	/** Smaller pieces would waste more than a quarter of an array. */
	private static final int WORTH_IT = 12 * 1024;

	/** Half a megabyte for each loop: more than it has read when its readers run. */
	private static final int MOST = 32;

	/** Full of arrays that nobody uses. */
	private final AtomicReferenceArray<byte @Nullable []> spare = new AtomicReferenceArray<>(MOST);

	static boolean fits(int octets) {
		return octets >= WORTH_IT && octets <= ARRAY_SIZE;
	}

	/**
	 * Returns an array that nobody else has.
	 * @return of {@value #ARRAY_SIZE} octets, with anything in it
	 */
	byte[] take() {
		for (int i = 0; i < MOST; i++) {
			byte[] array = this.spare.get(i);
			if (array != null && this.spare.compareAndSet(i, array, null)) {
				return array;
			}
		}
		return new byte[ARRAY_SIZE];
	}

	/**
	 * Gives an array back, which the caller must not touch again.
	 * @param array from {@link #take()}
	 */
	void give(byte[] array) {
		for (int i = 0; i < MOST; i++) {
			if (this.spare.get(i) == null && this.spare.compareAndSet(i, null, array)) {
				return;
			}
		}
	}

}
