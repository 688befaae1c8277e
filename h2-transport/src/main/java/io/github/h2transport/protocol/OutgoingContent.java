package io.github.h2transport.protocol;

import java.nio.ByteBuffer;

import io.github.h2transport.Headers;

/**
 * The content of a request as the send half asks for it. All methods are for the loop.
 */
public interface OutgoingContent {

	/**
	 * Returns how many octets are ready to be sent.
	 * @return 0 or more
	 */
	int readyOctets();

	/**
	 * Returns whether the ready octets are the last ones. Asked before
	 * {@link #readyOctets()}: content that is complete cannot grow afterwards.
	 * @return {@code true} if END_STREAM goes out with them
	 */
	boolean isComplete();

	/**
	 * Returns whether the source has paused: what is ready leaves, though it does not
	 * fill a frame and may not be the last.
	 * @return whether it has, as {@link SourcePause} decides
	 */
	boolean isReleased();

	/**
	 * Returns whether nobody wants the rest.
	 * @return whether no more of it will be sent
	 */
	boolean isCalledOff();

	/**
	 * Copies ready content.
	 * @param out has room for {@code length} octets
	 * @param length at most {@link #readyOctets()}
	 * @return whether they were copied; {@code false} if the upload was called off
	 */
	boolean copy(ByteBuffer out, int length);

	/**
	 * Returns the trailer section that ends the request, once the content is complete.
	 * @return empty if there is none
	 */
	Headers trailers();

}
