package io.github.h2transport.spring.matrix;

import io.github.h2transport.testkit.Content;

/** What every server serves. */
final class Site {

	/** A GET answers with {@link #content()}. */
	static final String CONTENT = "/content";

	/** A GET answers with {@link #large()}. */
	static final String LARGE = "/large";

	/**
	 * A POST answers with its own content, as soon as it comes where that is possible.
	 */
	static final String ECHO = "/echo";

	/** A POST answers with its own content, once it is complete. */
	static final String STORE = "/store";

	/** A POST is answered with 413 before its content was read. */
	static final String REFUSE = "/refuse";

	static final String NO_CONTENT = "/no-content";

	static final String NOT_MODIFIED = "/not-modified";

	/** A GET answers with {@link #content()} and its sum as a trailer. */
	static final String TRAILERS = "/trailers";

	/** A POST answers with the value of its trailer {@link #SUM_FIELD}. */
	static final String REQUEST_TRAILERS = "/request-trailers";

	/** A GET answers with {@link #content()}, and with a 103 before it. */
	static final String HINTS = "/hints";

	static final String SUM_FIELD = "x-sum";

	static final String LINK = "</style.css>; rel=preload";

	static final int SIZE = 20_000; // more than one DATA frame

	/** More than the windows of a stream at their start, ours and theirs. */
	static final int LARGE_SIZE = 2 * 1024 * 1024;

	/** What every server is told to allow; it is the usual default. */
	static final int MAX_CONCURRENT_STREAMS = 128;

	private static final byte[] SMALL_CONTENT = Content.ofSize(SIZE);

	private static final byte[] LARGE_CONTENT = Content.ofSize(LARGE_SIZE);

	private static final String SMALL_SUM = Content.sha256(SMALL_CONTENT);

	private static final String LARGE_SUM = Content.sha256(LARGE_CONTENT);

	private Site() {
	}

	/**
	 * Returns the content of most answers.
	 * @return a shared array of {@link #SIZE} octets, not to be changed
	 */
	static byte[] content() {
		return SMALL_CONTENT;
	}

	/**
	 * Returns the large content.
	 * @return a shared array of {@link #LARGE_SIZE} octets, not to be changed
	 */
	static byte[] large() {
		return LARGE_CONTENT;
	}

	static String sum() {
		return SMALL_SUM;
	}

	static String largeSum() {
		return LARGE_SUM;
	}

}
