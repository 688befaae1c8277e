package io.github.h2transport.conn;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * Hears how one stream goes on. Called on the connection's loop after its flush; must not
 * block and must not throw.
 */
public interface StreamListener {

	/** HEADERS went out. */
	void wroteHeaders();

	/** END_STREAM went out. */
	void wroteRequest();

	/** An interim response came in. */
	void informational(int status, Headers headers);

	/** The head of the final response came in. */
	void firstByte(int status);

	/**
	 * The exchange is over.
	 * @param failure why it failed, {@code null} if the response is complete
	 */
	void done(@Nullable Http2Exception failure);

}
