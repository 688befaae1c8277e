package io.github.h2transport.frame;

/**
 * Is shown the header of every frame that a {@link FrameReader} finds, before anything of
 * it is judged or handled: also of the frame that breaks a rule, which is the one that
 * whoever reads a log looks for.
 */
@FunctionalInterface
public interface FrameHeaderListener {

	/**
	 * A frame header was read (RFC 9113 section 4.1).
	 * @param length of the payload in octets, 0 to 2^24-1
	 * @param type 0 to 255, see {@link FrameType}
	 * @param flags 0 to 255, see {@link Flags}
	 * @param streamId 0 to 2^31-1
	 */
	void frameHeader(int length, int type, int flags, int streamId);

}
