package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One request and what its answer must be. Immutable.
 *
 * @param uri the target
 * @param headers fields besides those that the client adds itself
 * @param upload what to POST; {@code null} makes it a GET. Not to be changed
 * @param answer how to take the content
 * @param expected how many octets the content must have
 */
public record BenchCall(URI uri, Map<String, String> headers, byte @Nullable [] upload, Answer answer, long expected) {

	private static final JsonMapper JSON = new JsonMapper();

	private static final int PIECE = 64 * 1024;

	public BenchCall withUri(URI other) {
		return new BenchCall(other, this.headers, this.upload, this.answer, this.expected);
	}

	public boolean isPost() {
		return this.upload != null;
	}

	public boolean isStreamed() {
		return this.answer == Answer.STREAMED;
	}

	/**
	 * Judges an answer that was read into memory, and decodes it if it is JSON.
	 * @param status the status code
	 * @param content the whole content
	 * @return how many octets it has
	 * @throws IOException if it is not what was asked for
	 */
	public long check(int status, byte @Nullable [] content) throws IOException {
		byte[] octets = (content != null) ? content : new byte[0];
		check(status, octets.length);
		return (this.answer == Answer.JSON) ? check(JSON.readValue(octets, Item.class)) : octets.length;
	}

	/**
	 * Judges an answer that was counted.
	 * @param status the status code
	 * @param octets how many octets the content had
	 * @return how many octets it has
	 * @throws IOException if it is not what was asked for
	 */
	public long check(int status, long octets) throws IOException {
		if (status != 200 || octets != this.expected) {
			throw new IOException("status " + status + " with " + octets + " octets instead of " + this.expected);
		}
		return octets;
	}

	/**
	 * Judges an answer that the client decoded itself.
	 * @param item what it decoded
	 * @return how many octets it has
	 * @throws IOException if it is not what was asked for
	 */
	public long check(@Nullable Item item) throws IOException {
		if (item == null || !item.equals(Item.EXAMPLE)) {
			throw new IOException("not the item: " + item);
		}
		return this.expected;
	}

	/**
	 * Reads an answer as this call wants it taken: into memory, or piece by piece.
	 * @param status the status code
	 * @param in the content; is closed
	 * @return how many octets it has
	 * @throws IOException if it cannot be read or is not what was asked for
	 */
	public long read(int status, InputStream in) throws IOException {
		try (in) {
			if (!isStreamed()) {
				return check(status, in.readAllBytes());
			}
			byte[] piece = new byte[PIECE];
			long octets = 0;
			for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
				octets += length;
			}
			return check(status, octets);
		}
	}

	/** How a caller takes the content. */
	public enum Answer {

		/** All of it in one array. */
		BYTES,

		/** Piece by piece, each thrown away. */
		STREAMED,

		/** Decoded into an {@link Item}. */
		JSON

	}

	/** What the JSON workload decodes. */
	public record Item(long id, String name, double price, java.util.List<String> tags) {

		public static final Item EXAMPLE = new Item(4711, "a thing of the usual kind", 12.5,
				java.util.List.of("red", "round", "in stock", "shipped tomorrow"));

		public static byte[] json() {
			return JSON.writeValueAsBytes(EXAMPLE);
		}

	}

}
