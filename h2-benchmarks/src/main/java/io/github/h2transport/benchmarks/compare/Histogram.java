package io.github.h2transport.benchmarks.compare;

/**
 * Counts durations in buckets that are at most 1/32 wide of what they hold. Not
 * thread-safe.
 */
final class Histogram {

	private static final int SUB_BITS = 5;

	private static final int SUB = 1 << SUB_BITS;

	private final long[] counts = new long[64 * SUB];

	private long total;

	void record(long nanos) {
		this.counts[bucket(Math.max(0, nanos))]++;
		this.total++;
	}

	void add(Histogram other) {
		for (int i = 0; i < this.counts.length; i++) {
			this.counts[i] += other.counts[i];
		}
		this.total += other.total;
	}

	long total() {
		return this.total;
	}

	/**
	 * Returns a quantile.
	 * @param fraction 0 to 1
	 * @return nanoseconds, the middle of the bucket; 0 if nothing was recorded
	 */
	long quantile(double fraction) {
		long wanted = Math.max(1, (long) Math.ceil(fraction * this.total));
		long seen = 0;
		for (int i = 0; i < this.counts.length; i++) {
			seen += this.counts[i];
			if (seen >= wanted) {
				return (lowest(i) + lowest(i + 1)) / 2;
			}
		}
		return 0;
	}

	private static int bucket(long value) {
		if (value < SUB) {
			return (int) value;
		}
		int shift = 63 - Long.numberOfLeadingZeros(value) - SUB_BITS;
		return (shift + 1) * SUB + (int) ((value >>> shift) - SUB);
	}

	private static long lowest(int bucket) {
		if (bucket < SUB) {
			return bucket;
		}
		int shift = bucket / SUB - 1;
		return (long) (SUB + bucket % SUB) << shift;
	}

}
