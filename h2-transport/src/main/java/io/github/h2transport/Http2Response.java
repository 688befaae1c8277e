package io.github.h2transport;

import java.io.Closeable;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * A response whose head has arrived; its body may still be on the way. Must be closed,
 * unless the body was read to its end; one that is garbage without that is found, reset
 * and warned of, some time later.
 */
public interface Http2Response extends Closeable {

	/**
	 * Returns the status code; the transport gives it no meaning.
	 * @return 200 to 999, never an interim 1xx
	 */
	int status();

	Headers headers();

	/**
	 * Returns the content. A read waits at most the read timeout for the next octet and
	 * fails with a {@link Http2Exception}; the end is reported only after END_STREAM and,
	 * where a content-length was declared, after exactly that many octets (RFC 9113
	 * section 8.1.1). For one reading thread.
	 * @return the same stream each time, empty for a response without content
	 */
	InputStream body();

	/**
	 * Returns the content as a publisher, which is an alternative to {@link #body()}: use
	 * one of them. What the subscriber requests is what the server may send; cancelling
	 * ends the exchange like {@link #close()}. For one subscriber, who is called on an
	 * event loop and must not block.
	 * @return publishes buffers that are the subscriber's own
	 */
	Flow.Publisher<ByteBuffer> publisher();

	/**
	 * Returns the trailer section (RFC 9113 section 8.1), which arrives after the body.
	 * @return the trailers once the body was read to its end, empty if there were none;
	 * {@code null} before
	 */
	@Nullable Headers trailers();

	/**
	 * Returns the connection as {@code /actuator/h2pool} names it.
	 * @return for example {@code c7}
	 */
	String connectionId();

	int streamId();

	/**
	 * Ends the exchange. A body that was not read to its end is abandoned: its
	 * flow-control credit goes back, the connection stays usable. Up to 64 KiB may still
	 * come for up to 250 ms, and are thrown away; beyond that the stream is reset with
	 * CANCEL (RFC 9113 section 8.1), and at once if more was declared or the request is
	 * not sent yet. Never waits for the network and never throws; may be called
	 * repeatedly and by any thread.
	 */
	@Override
	void close();

}
