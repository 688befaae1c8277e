package io.github.h2transport.spring;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Tells of one call what Spring's response types do not: give a new one to the call as
 * the attribute {@link Http2CallAttributes#EXCHANGE} and ask it afterwards. After
 * redirects it tells of the last exchange. Thread-safe.
 */
public final class Http2ExchangeInfo {

	/** Written once an answer; each is immutable or looks after itself. */
	private volatile @Nullable Http2Response response;

	void answered(Http2Response newResponse) {
		this.response = newResponse;
	}

	/**
	 * Returns the version of HTTP that the server spoke.
	 * @return {@code HTTP/2} or {@code HTTP/1.1}, {@code null} before the response
	 */
	public @Nullable String protocol() {
		Http2Response current = this.response;
		return (current != null) ? (current.streamId() > 0) ? "HTTP/2" : "HTTP/1.1" : null;
	}

	/**
	 * Returns the connection as {@code /actuator/h2pool} names it.
	 * @return for example {@code c7}; {@code null} before the response and over HTTP/1.1
	 */
	public @Nullable String connectionId() {
		Http2Response current = this.response;
		return (current != null && current.streamId() > 0) ? current.connectionId() : null;
	}

	/**
	 * Returns the stream.
	 * @return an odd number, 0 before the response and over HTTP/1.1
	 */
	public int streamId() {
		Http2Response current = this.response;
		return (current != null) ? current.streamId() : 0;
	}

	/**
	 * Returns the trailer section (RFC 9113 section 8.1), which arrives after the
	 * content.
	 * @return the trailers once the content was read to its end, empty if there were
	 * none; {@code null} before, and over HTTP/1.1
	 */
	public @Nullable HttpHeaders trailers() {
		Http2Response current = this.response;
		Headers trailers = (current != null) ? current.trailers() : null;
		return (trailers != null) ? HeaderTranslator.toSpring(trailers) : null;
	}

}
