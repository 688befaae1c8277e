package io.github.h2transport.spring.matrix.stock;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * {@link Calls} with {@code RestClient}, and with {@code RestTemplate} where that has a
 * way of its own.
 */
record RestCalls(RestClient client, RestTemplate template, Executor callers) implements Calls {

	private static final int BEGINNING = 1000;

	@Override
	public CompletableFuture<byte[]> get(URI uri) {
		return CompletableFuture.supplyAsync(() -> this.client.get().uri(uri).retrieve().requiredBody(byte[].class),
				this.callers);
	}

	@Override
	public CompletableFuture<String> upload(URI uri, byte[] content) {
		return post(uri, MediaType.APPLICATION_OCTET_STREAM, content);
	}

	@Override
	public CompletableFuture<String> uploadOnce(URI uri, byte[] content) {
		return post(uri, MediaType.APPLICATION_OCTET_STREAM,
				new InputStreamResource(new ByteArrayInputStream(content)));
	}

	@Override
	public CompletableFuture<String> multipart(URI uri, List<byte[]> files) {
		MultiValueMap<String, HttpEntity<ByteArrayResource>> form = new LinkedMultiValueMap<>();
		for (byte[] file : files) {
			form.add("part", new HttpEntity<>(new ByteArrayResource(file) {

				@Override
				public String getFilename() {
					return "file.bin";
				}

			}));
		}
		return post(uri, MediaType.MULTIPART_FORM_DATA, form);
	}

	@Override
	public CompletableFuture<String> pieces(URI uri, List<String> pieces) {
		return post(uri, MediaType.TEXT_PLAIN, flushed(pieces));
	}

	@Override
	public CompletableFuture<String> lines(URI uri, int count) {
		return post(uri, MediaType.APPLICATION_NDJSON,
				flushed(Line.text(count).lines().map((line) -> line + "\n").toList()));
	}

	private static StreamingHttpOutputMessage.Body flushed(List<String> pieces) {
		return (out) -> {
			for (String piece : pieces) {
				out.write(piece.getBytes(StandardCharsets.UTF_8));
				out.flush();
			}
		};
	}

	private CompletableFuture<String> post(URI uri, MediaType type, Object content) {
		return CompletableFuture.supplyAsync(() -> {
			RestClient.RequestBodySpec request = this.client.post().uri(uri).contentType(type);
			return ((content instanceof StreamingHttpOutputMessage.Body writer) ? request.body(writer)
					: request.body(content))
				.retrieve()
				.requiredBody(String.class);
		}, this.callers);
	}

	@Override
	public CompletableFuture<Integer> bodiless(HttpMethod method, URI uri) {
		return CompletableFuture.supplyAsync(
				() -> this.client.method(method).uri(uri).retrieve().toBodilessEntity().getStatusCode().value(),
				this.callers);
	}

	/** RestTemplate's {@code delete} and {@code put} have no extractor. */
	@Override
	public CompletableFuture<Integer> headOnly(HttpMethod method, URI uri) {
		return CompletableFuture.supplyAsync(() -> {
			if (method.equals(HttpMethod.DELETE)) {
				this.template.delete(uri);
			}
			else if (method.equals(HttpMethod.PUT)) {
				this.template.put(uri, null);
			}
			else {
				this.template.execute(uri, method, null, null);
			}
			return 200;
		}, this.callers);
	}

	@Override
	public CompletableFuture<Integer> beginning(URI uri) {
		return CompletableFuture.supplyAsync(
				() -> this.client.get()
					.uri(uri)
					.exchangeForRequiredValue((request, response) -> response.getBody().readNBytes(BEGINNING).length),
				this.callers);
	}

}
