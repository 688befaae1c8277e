package io.github.h2transport.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Remembers the last frames of one direction of a connection: a few stores in an array
 * for each, no object and no text, so that it is always on. {@link FrameTrail} makes
 * lines of them once somebody wants to know.
 * <p>
 * The loop writes, any thread may {@link #copy()}.
 */
public final class FrameRing {

	/**
	 * How many frames are shown. Enough for the last exchanges of a connection, which
	 * pays less than 2 KiB for both directions.
	 */
	public static final int CAPACITY = 32;

	/** A few more are kept, so that some may be written while others are copied. */
	private static final int KEPT = CAPACITY + 4;

	/** A connection that has served a call or two, and is idle, has no more. */
	private static final int KEPT_AT_FIRST = 8;

	/** Time and flags; length, type and stream; what the payload says. */
	static final int LONGS = 3;

	/** The flags octet takes the lowest bits of the first long. */
	static final int FLAGS_MASK = 0xff;

	/** Set by {@link FrameTrail}, which puts both directions together. */
	static final int SENT = 0x100;

	/**
	 * What is left for the time: 2^55 ns are 417 days, and it only serves differences.
	 */
	static final int TIME_SHIFT = 9;

	/** The third long of a frame whose payload has not arrived, or is of no interest. */
	static final long NO_DETAIL = Long.MIN_VALUE;

	private static final VarHandle COUNT;

	static {
		try {
			COUNT = MethodHandles.lookup().findVarHandle(FrameRing.class, "count", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	// Owned by the writer; read by whoever copies.

	/**
	 * Grows once, before anything in it is overwritten, so that indexes stay the same.
	 */
	private long[] records = new long[KEPT_AT_FIRST * LONGS];

	/** How many frames there were so far; raised after the record was written. */
	private long count;

	/** Where the latest record stands; owned by the writer, whom it spares a division. */
	private int latest = -LONGS;

	/**
	 * Remembers a frame, and forgets the oldest.
	 * @param nowNanos when
	 * @param length of the payload in octets, 0 to 2^24-1
	 * @param type 0 to 255
	 * @param flags 0 to 255
	 * @param streamId 0 to 2^31-1
	 */
	public void add(long nowNanos, int length, int type, int flags, int streamId) {
		int at = this.latest + LONGS;
		if (at == this.records.length) {
			at = nextAfterLast(at);
		}
		this.latest = at;
		// Whoever reads this record also sees how far the count had come before it.
		VarHandle.storeStoreFence();
		this.records[at] = nowNanos << TIME_SHIFT | flags;
		this.records[at + 1] = (long) length << 40 | (long) type << 32 | streamId;
		this.records[at + 2] = NO_DETAIL;
		COUNT.setRelease(this, this.count + 1);
	}

	private int nextAfterLast(int length) {
		if (length == KEPT * LONGS) {
			return 0;
		}
		long[] grown = Arrays.copyOf(this.records, KEPT * LONGS);
		// Whoever sees it also sees what is in it.
		VarHandle.storeStoreFence();
		this.records = grown;
		return length;
	}

	/**
	 * Adds what the payload of the latest frame says.
	 * @param detail see {@link FrameLog#detail}
	 */
	public void detail(long detail) {
		this.records[this.latest + 2] = detail;
	}

	/**
	 * Returns how many frames there were.
	 * @return 0 or more
	 */
	public long count() {
		return (long) COUNT.getAcquire(this);
	}

	/**
	 * Copies the last frames, oldest first, {@value #LONGS} longs each. Any thread.
	 */
	long[] copy() {
		long end = count();
		long start = Math.max(0, end - CAPACITY);
		// At least as new as the count, which is raised last.
		long[] from = this.records;
		long[] copy = new long[(int) (end - start) * LONGS];
		for (long i = start; i < end; i++) {
			System.arraycopy(from, (int) (i % KEPT) * LONGS, copy, (int) (i - start) * LONGS, LONGS);
		}
		VarHandle.acquireFence();
		// One record may be written at this moment, and takes the place of the oldest.
		long overwritten = count() + 1 - KEPT - start;
		if (overwritten <= 0) {
			return copy;
		}
		int lost = (int) Math.min(overwritten, end - start) * LONGS;
		long[] rest = new long[copy.length - lost];
		System.arraycopy(copy, lost, rest, 0, rest.length);
		return rest;
	}

}
