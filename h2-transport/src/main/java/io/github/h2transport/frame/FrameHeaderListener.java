package io.github.h2transport.frame;

/**
 * Is shown the header of every frame that a {@link FrameReader} accepts, before anything
 * of it is handled; for logs and counters.
 */
@FunctionalInterface
public interface FrameHeaderListener {

	/**
	 * A frame header was read (RFC 9113 section 4.1).
	 * @param length of the payload in octets, 0 to our SETTINGS_MAX_FRAME_SIZE
	 * @param type 0 to 255, see {@link FrameType}
	 * @param flags 0 to 255, see {@link Flags}
	 * @param streamId 0 to 2^31-1
	 */
	void frameHeader(int length, int type, int flags, int streamId);

}
