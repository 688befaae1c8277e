package io.github.h2transport.protocol;

/**
 * Tells when the source of an upload has paused. What it gives without a pause leaves in
 * full frames, and END_STREAM with the last of them: servers count small DATA frames as
 * overhead, and Tomcat ends connections that bring a few of less than 1,024 octets. What
 * it gave before a pause leaves at once, for the server may have to see it to go on.
 *
 * <p>
 * Somebody looks every {@link #LOOK_NANOS}. A source that has given nothing between two
 * looks has paused; one that drips is let through every tenth look.
 */
public final class SourcePause {

	/**
	 * 5 ms: longer than a thread that produces content is away from its processor as a
	 * rule, and shorter than a round trip to most servers.
	 */
	public static final long LOOK_NANOS = 5_000_000L;

	/** A source that drips forms a frame every 50 ms: 20 small ones a second at most. */
	private static final int MOST_LOOKS = 10;

	private long seen;

	private int looks;

	/**
	 * The source gives something after a pause.
	 * @param written octets that it has given so far
	 */
	public void begin(long written) {
		this.seen = written;
		this.looks = 0;
	}

	/**
	 * Looks whether the source has paused.
	 * @param written octets that it has given so far
	 * @return whether they are to leave, also if they do not fill a frame
	 */
	public boolean look(long written) {
		this.looks++;
		boolean paused = written == this.seen || this.looks >= MOST_LOOKS;
		this.seen = written;
		return paused;
	}

}
