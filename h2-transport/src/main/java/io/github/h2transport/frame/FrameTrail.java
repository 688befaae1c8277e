package io.github.h2transport.frame;

import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * The last frames of a connection as lines, oldest first, for example
 * {@code 12.345 ms ago << 0x00000003 4 RST_STREAM CANCEL}. Both directions are put
 * together by their times. Immutable; a line is made when it is asked for, because most
 * failures are handled without a look at it. Holds numbers only, and nothing of header
 * fields or content.
 */
public final class FrameTrail extends AbstractList<String> implements RandomAccess {

	private final long[] records;

	private final long nowNanos;

	private FrameTrail(long[] records, long nowNanos) {
		this.records = records;
		this.nowNanos = nowNanos;
	}

	/**
	 * Takes a picture of both directions. Any thread.
	 * @param sent what we sent
	 * @param received what the peer sent
	 * @param nowNanos from when on the lines count back
	 * @return at most twice {@link FrameRing#CAPACITY} lines
	 */
	public static FrameTrail of(FrameRing sent, FrameRing received, long nowNanos) {
		long[] ours = sent.copy();
		long[] theirs = received.copy();
		long[] merged = new long[ours.length + theirs.length];
		int our = 0;
		int their = 0;
		for (int at = 0; at < merged.length; at += FrameRing.LONGS) {
			boolean ourTurn = their == theirs.length
					|| (our < ours.length && time(ours[our]) - time(theirs[their]) <= 0);
			if (ourTurn) {
				System.arraycopy(ours, our, merged, at, FrameRing.LONGS);
				merged[at] |= FrameRing.SENT;
				our += FrameRing.LONGS;
			}
			else {
				System.arraycopy(theirs, their, merged, at, FrameRing.LONGS);
				their += FrameRing.LONGS;
			}
		}
		return new FrameTrail(merged, nowNanos);
	}

	/** A time in the upper bits, so that differences are right whatever was cut off. */
	private static long time(long timeAndFlags) {
		return timeAndFlags >> FrameRing.TIME_SHIFT << FrameRing.TIME_SHIFT;
	}

	@Override
	public String get(int index) {
		int at = index * FrameRing.LONGS;
		long timeAndFlags = this.records[at];
		long header = this.records[at + 1];
		int length = (int) (header >>> 40);
		int type = (int) (header >>> 32) & 0xff;
		int flags = (int) timeAndFlags & FrameRing.FLAGS_MASK;
		int streamId = (int) header;
		long nanos = ((this.nowNanos << FrameRing.TIME_SHIFT) - time(timeAndFlags)) >> FrameRing.TIME_SHIFT;
		String frame = ((timeAndFlags & FrameRing.SENT) != 0) ? FrameLog.sent(length, type, flags, streamId)
				: FrameLog.received(length, type, flags, streamId);
		long known = this.records[at + 2];
		String detail = (known != FrameRing.NO_DETAIL) ? FrameLog.detail(type, known) : "";
		return age(Math.max(0, nanos / 1000)) + frame + (detail.isEmpty() ? "" : " " + detail);
	}

	private static String age(long micros) {
		String fraction = Long.toString(1000 + micros % 1000).substring(1);
		return micros / 1000 + "." + fraction + " ms ago ";
	}

	@Override
	public int size() {
		return this.records.length / FrameRing.LONGS;
	}

}
