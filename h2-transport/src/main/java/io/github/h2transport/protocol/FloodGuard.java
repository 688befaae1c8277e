package io.github.h2transport.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Budgets for what costs a peer little and us much (RFC 9113 section 10.5). Each method
 * counts one event and returns {@code null}, or words for an error of type
 * ENHANCE_YOUR_CALM. A budget is a bucket of tokens: bursts are honest, so it is the
 * lasting rate that counts.
 *
 * <p>
 * One per connection. Confined to the loop.
 */
public final class FloodGuard {

	/**
	 * PINGs, whose answers we must send. An honest peer that measures its bandwidth has
	 * one on its way at a time while we send, so sent octets pay for them too; keep-alive
	 * needs far less than one in a second.
	 */
	static final int PING_BURST = 1000;

	static final int PINGS_PER_SECOND = 100;

	/**
	 * A peer sends the next measuring PING after content, and frames are rarely smaller.
	 */
	static final int SENT_OCTETS_PER_PING = 1024;

	/**
	 * One at the start, then some while windows grow by doubling: 31 doublings at most.
	 */
	static final int SETTINGS_BURST = 100;

	static final int SETTINGS_PER_SECOND = 10;

	/**
	 * RST_STREAM for streams that are gone, beyond one for each stream that we opened:
	 * the peer's may cross ours, or follow its own END_STREAM (RFC 9113 section 8.1).
	 */
	static final int RST_STREAM_BURST = 1000;

	static final int RST_STREAMS_PER_SECOND = 100;

	/** More streams than a connection opens between two reads. */
	static final int RST_STREAM_CEILING = 10_000;

	/** WINDOW_UPDATEs beyond those that our sending explains. */
	static final int WINDOW_UPDATE_BURST = 2000;

	static final int WINDOW_UPDATES_PER_SECOND = 200;

	/**
	 * Credit that comes octet by octet, for the stream and for the connection, is legal.
	 */
	static final int WINDOW_UPDATES_PER_SENT_OCTET = 2;

	/** Octet by octet for all of the initial windows of 65,535 octets, and some more. */
	static final int WINDOW_UPDATE_CEILING = 200_000;

	/** Servers have nothing to prioritise at clients (RFC 9113 section 5.3.2). */
	static final int PRIORITY_BURST = 100;

	static final int PRIORITIES_PER_SECOND = 10;

	/**
	 * Extensions such as ALTSVC and ORIGIN are few; some peers send odd types on purpose.
	 */
	static final int UNKNOWN_BURST = 2000;

	static final int UNKNOWN_PER_SECOND = 200;

	/**
	 * Unknown frames also pay for their length, or 16 MiB would cost as much as nothing.
	 */
	static final int UNKNOWN_OCTETS_PER_TOKEN = 1024;

	/**
	 * Two are a graceful end (RFC 9113 section 6.8); each one makes us look at all
	 * streams.
	 */
	static final int GOAWAY_BURST = 16;

	static final int GOAWAYS_PER_SECOND = 1;

	/**
	 * HEADERS and malformed frames for streams that are gone: they may have crossed our
	 * RST_STREAM, and what we do for them helps nobody.
	 */
	static final int STRAY_BURST = 1000;

	static final int STRAYS_PER_SECOND = 100;

	/** For each stream: its interim responses, its head and its trailers. */
	static final int STRAYS_PER_STREAM = 18;

	static final int STRAY_CEILING = 20_000;

	/**
	 * Octets of DATA for streams that are gone, beyond the credit that they had when we
	 * reset them. An honest peer needs next to nothing of it; a window of the connection
	 * is for one that has lost its books of the stream, but stops in the end.
	 */
	static final int LATE_OCTETS_BURST = 16 * 1024 * 1024;

	static final int LATE_OCTETS_PER_SECOND = 64 * 1024;

	/** Flushes of servers without anything to flush; CVE-2019-9518. */
	static final int EMPTY_DATA_IN_A_ROW = 16;

	/** An empty DATA each second may be a keep-alive of an event stream. */
	static final int EMPTY_DATA_PER_SECOND = 1;

	/** RFC 9110 section 15.2 sets no limit; a 100, some 102 and 103 are all there is. */
	static final int INTERIM_PER_STREAM = 16;

	/** SETTINGS and PING acks that a peer made us queue but does not read. */
	public static final int QUEUED_ANSWERS = 256;

	private static final TokenBucket.Rate PINGS = TokenBucket.Rate.of(PING_BURST, PINGS_PER_SECOND);

	private static final TokenBucket.Rate SETTINGS = TokenBucket.Rate.of(SETTINGS_BURST, SETTINGS_PER_SECOND);

	private static final TokenBucket.Rate RESETS = TokenBucket.Rate.of(RST_STREAM_BURST, RST_STREAMS_PER_SECOND,
			RST_STREAM_CEILING);

	private static final TokenBucket.Rate WINDOW_UPDATES = TokenBucket.Rate.of(WINDOW_UPDATE_BURST,
			WINDOW_UPDATES_PER_SECOND, WINDOW_UPDATE_CEILING);

	private static final TokenBucket.Rate PRIORITIES = TokenBucket.Rate.of(PRIORITY_BURST, PRIORITIES_PER_SECOND);

	private static final TokenBucket.Rate UNKNOWN = TokenBucket.Rate.of(UNKNOWN_BURST, UNKNOWN_PER_SECOND);

	private static final TokenBucket.Rate GOAWAYS = TokenBucket.Rate.of(GOAWAY_BURST, GOAWAYS_PER_SECOND);

	private static final TokenBucket.Rate STRAYS = TokenBucket.Rate.of(STRAY_BURST, STRAYS_PER_SECOND, STRAY_CEILING);

	private static final TokenBucket.Rate LATE_OCTETS = TokenBucket.Rate.of(LATE_OCTETS_BURST, LATE_OCTETS_PER_SECOND,
			Integer.MAX_VALUE);

	private static final TokenBucket.Rate EMPTY_DATA = TokenBucket.Rate.of(EMPTY_DATA_IN_A_ROW, EMPTY_DATA_PER_SECOND);

	// All below: owned by the loop.

	private final TokenBucket pings = new TokenBucket(PINGS);

	private final TokenBucket settings = new TokenBucket(SETTINGS);

	private final TokenBucket resets = new TokenBucket(RESETS);

	private final TokenBucket windowUpdates = new TokenBucket(WINDOW_UPDATES);

	private final TokenBucket priorities = new TokenBucket(PRIORITIES);

	private final TokenBucket unknown = new TokenBucket(UNKNOWN);

	private final TokenBucket goAways = new TokenBucket(GOAWAYS);

	private final TokenBucket strays = new TokenBucket(STRAYS);

	private final TokenBucket lateOctets = new TokenBucket(LATE_OCTETS);

	private final TokenBucket emptyData = new TokenBucket(EMPTY_DATA);

	private long octetsPaidForPings;

	private long octetsPaid;

	private long streamsPaid;

	private long resetCreditPaid;

	/**
	 * Takes note of what we have sent, which explains frames of the peer. To be called
	 * for each read before its frames are judged.
	 * @param totalOctets all octets sent on the connection so far, with frame headers
	 * @param totalStreams all streams opened so far
	 */
	public void sent(long totalOctets, long totalStreams) {
		long forPings = (totalOctets - this.octetsPaidForPings) / SENT_OCTETS_PER_PING;
		this.octetsPaidForPings += forPings * SENT_OCTETS_PER_PING;
		this.pings.earn(forPings);
		this.windowUpdates.earn(WINDOW_UPDATES_PER_SENT_OCTET * (totalOctets - this.octetsPaid));
		this.octetsPaid = totalOctets;
		this.resets.earn(totalStreams - this.streamsPaid);
		this.strays.earn(STRAYS_PER_STREAM * (totalStreams - this.streamsPaid));
		this.streamsPaid = totalStreams;
	}

	/**
	 * Takes note of what the peer may still send on streams that we have reset. To be
	 * called for each read, as {@link #sent}.
	 * @param totalCredit the octets of credit that all streams had left when we sent
	 * their RST_STREAM
	 */
	public void reset(long totalCredit) {
		this.lateOctets.earn(totalCredit - this.resetCreditPaid);
		this.resetCreditPaid = totalCredit;
	}

	/**
	 * Takes note of a stream that is about to be reset, since frames of it are late from
	 * now on.
	 * @param credit what the peer may still send on it, in octets
	 */
	public void fault(long credit) {
		this.lateOctets.earn(credit);
	}

	/**
	 * Counts a PING, also an ack that nobody waits for.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String ping(long nowNanos) {
		return this.pings.take(1, nowNanos) ? null : "too many PING frames";
	}

	/**
	 * Counts a SETTINGS frame, also an ack that nobody waits for.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String settings(long nowNanos) {
		return this.settings.take(1, nowNanos) ? null : "too many SETTINGS frames";
	}

	/**
	 * Counts an RST_STREAM for a stream that is gone. Those that end a stream need no
	 * budget: there is one for each stream that we opened.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String rstStream(long nowNanos) {
		return this.resets.take(1, nowNanos) ? null : "too many RST_STREAM frames";
	}

	/**
	 * Counts a WINDOW_UPDATE.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String windowUpdate(long nowNanos) {
		return this.windowUpdates.take(1, nowNanos) ? null : "too many WINDOW_UPDATE frames for what was sent";
	}

	/**
	 * Counts a PRIORITY.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String priority(long nowNanos) {
		return this.priorities.take(1, nowNanos) ? null : "too many PRIORITY frames";
	}

	/**
	 * Counts a frame of a type that we do not know, which must be ignored (RFC 9113
	 * section 5.5).
	 * @param nowNanos the time
	 * @param length the length of its payload, 0 to 2^24-1
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String unknown(long nowNanos, int length) {
		// A single frame must never be too many, whatever our maximum frame size is.
		int cost = Math.min(UNKNOWN_BURST, 1 + length / UNKNOWN_OCTETS_PER_TOKEN);
		return this.unknown.take(cost, nowNanos) ? null : "too many frames of unknown types";
	}

	/**
	 * Counts a GOAWAY.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String goAway(long nowNanos) {
		return this.goAways.take(1, nowNanos) ? null : "too many GOAWAY frames";
	}

	/**
	 * Counts HEADERS or a malformed frame for a stream that is gone or about to be reset.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String stray(long nowNanos) {
		return this.strays.take(1, nowNanos) ? null : "too many frames for streams that are gone";
	}

	/**
	 * Counts DATA for a stream that is gone or about to be reset.
	 * @param nowNanos the time
	 * @param octets the flow-controlled length of the frame, 0 or more
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String lateData(long nowNanos, int octets) {
		return this.lateOctets.take(octets, nowNanos) ? null
				: "more DATA for streams that are gone than they had credit for";
	}

	/**
	 * Counts a DATA frame that has no content and does not end its stream; padding is no
	 * content.
	 * @param nowNanos the time
	 * @return {@code null}, or what is wrong
	 */
	public @Nullable String emptyData(long nowNanos) {
		return this.emptyData.take(1, nowNanos) ? null : "too many empty DATA frames in a row";
	}

	/**
	 * Takes note of progress of a stream that is still there, which ends a row of empty
	 * DATA frames: content, HEADERS or END_STREAM.
	 */
	public void data() {
		this.emptyData.earn(EMPTY_DATA_IN_A_ROW);
	}

	/**
	 * Judges the number of interim (1xx) responses of a stream.
	 * @param streamCount how many the stream has had, with the present one
	 * @return {@code null}, or what is wrong with the stream
	 */
	public @Nullable String interim(int streamCount) {
		return (streamCount <= INTERIM_PER_STREAM) ? null
				: "more than " + INTERIM_PER_STREAM + " interim responses to one request";
	}

}
