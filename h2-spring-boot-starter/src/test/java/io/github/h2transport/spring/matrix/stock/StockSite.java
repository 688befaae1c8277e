package io.github.h2transport.spring.matrix.stock;

import java.util.List;
import java.util.stream.Collectors;

import io.github.h2transport.testkit.Content;

/** What every server here serves. */
final class StockSite {

	/** A GET answers with {@link #CONTENT_SIZE} octets of {@link Content}. */
	static final String CONTENT = "/content";

	/** A GET answers with {@link #DOWNLOAD_SIZE} octets of {@link Content}. */
	static final String DOWNLOAD = "/download";

	/** A POST answers with {@link #received} of its content, once it is complete. */
	static final String UPLOAD = "/upload";

	/**
	 * A POST of {@code multipart/form-data} answers with {@link #parts} of its parts.
	 */
	static final String PARTS = "/parts";

	/**
	 * Any method is answered with a head without length and, {@link #PAUSE_MILLIS} later,
	 * {@link #UNREAD_SIZE} octets.
	 */
	static final String UNREAD = "/unread";

	static final int CONTENT_SIZE = 20_000; // more than one DATA frame

	/** More than the windows let through before somebody reads. */
	static final int DOWNLOAD_SIZE = 4 * 1024 * 1024;

	static final int UNREAD_SIZE = 1000;

	static final int PAUSE_MILLIS = 5;

	private StockSite() {
	}

	/**
	 * Says what has arrived.
	 * @param content the whole content
	 * @return its size and sum
	 */
	static String received(byte[] content) {
		return content.length + " " + Content.sha256(content);
	}

	/**
	 * Says which parts have arrived.
	 * @param sizes their sizes, in the order of their arrival
	 * @return how many they are and how large each is
	 */
	static String parts(List<Long> sizes) {
		return sizes.stream().map(String::valueOf).collect(Collectors.joining(" ", sizes.size() + " parts: ", ""));
	}

}
