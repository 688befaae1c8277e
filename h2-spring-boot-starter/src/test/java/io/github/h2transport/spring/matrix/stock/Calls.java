package io.github.h2transport.spring.matrix.stock;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.springframework.http.HttpMethod;

/**
 * What applications write, in the words of one client. Each call ends with what the
 * server answered, or with what the client throws.
 */
interface Calls {

	CompletableFuture<byte[]> get(URI uri);

	CompletableFuture<String> upload(URI uri, byte[] content);

	/**
	 * Uploads content of unknown length that cannot be had twice.
	 * @param uri where to
	 * @param content the content
	 * @return the answer
	 */
	CompletableFuture<String> uploadOnce(URI uri, byte[] content);

	/**
	 * Uploads files of a form.
	 * @param uri where to
	 * @param files the content of each
	 * @return the answer
	 */
	CompletableFuture<String> multipart(URI uri, List<byte[]> files);

	/**
	 * Uploads pieces as they are made, without a pause.
	 * @param uri where to
	 * @param pieces of text
	 * @return the answer
	 */
	CompletableFuture<String> pieces(URI uri, List<String> pieces);

	/**
	 * Uploads objects as NDJSON.
	 * @param uri where to
	 * @param count how many
	 * @return the answer
	 */
	CompletableFuture<String> lines(URI uri, int count);

	/**
	 * Makes a call whose response has content that the caller does not look at.
	 * @param method the method
	 * @param uri where to
	 * @return the status
	 */
	CompletableFuture<Integer> bodiless(HttpMethod method, URI uri);

	/**
	 * Makes a call and leaves it with the head of the response.
	 * @param method the method
	 * @param uri where to
	 * @return the status
	 */
	CompletableFuture<Integer> headOnly(HttpMethod method, URI uri);

	/**
	 * Begins to read a response and ends it.
	 * @param uri where to
	 * @return how many octets were read
	 */
	CompletableFuture<Integer> beginning(URI uri);

	/**
	 * One of the objects of {@link #lines}.
	 *
	 * @param number its number
	 */
	record Line(int number) {

		static String text(int count) {
			StringBuilder all = new StringBuilder();
			for (int i = 0; i < count; i++) {
				all.append("{\"number\":").append(i).append("}\n");
			}
			return all.toString();
		}

	}

}
