package io.github.h2transport.spring.matrix.stock;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

/** {@link Calls} with {@code WebClient}. */
record WebCalls(WebClient client) implements Calls {

	private static final int PIECE = 8192;

	@Override
	public CompletableFuture<byte[]> get(URI uri) {
		return this.client.get().uri(uri).retrieve().bodyToMono(byte[].class).toFuture();
	}

	@Override
	public CompletableFuture<String> upload(URI uri, byte[] content) {
		return post(uri, MediaType.APPLICATION_OCTET_STREAM, BodyInserters.fromValue(content));
	}

	@Override
	public CompletableFuture<String> uploadOnce(URI uri, byte[] content) {
		return post(uri, MediaType.APPLICATION_OCTET_STREAM, BodyInserters.fromDataBuffers(DataBufferUtils
			.readInputStream(once(new ByteArrayInputStream(content)), DefaultDataBufferFactory.sharedInstance, PIECE)));
	}

	private static Callable<InputStream> once(ByteArrayInputStream stream) {
		return () -> stream;
	}

	@Override
	public CompletableFuture<String> multipart(URI uri, List<byte[]> files) {
		MultipartBodyBuilder form = new MultipartBodyBuilder();
		for (byte[] file : files) {
			form.part("part", new ByteArrayResource(file)).filename("file.bin");
		}
		return post(uri, MediaType.MULTIPART_FORM_DATA, BodyInserters.fromMultipartData(form.build()));
	}

	@Override
	public CompletableFuture<String> pieces(URI uri, List<String> pieces) {
		return post(uri, MediaType.TEXT_PLAIN, BodyInserters.fromPublisher(Flux.fromIterable(pieces), String.class));
	}

	@Override
	public CompletableFuture<String> lines(URI uri, int count) {
		return post(uri, MediaType.APPLICATION_NDJSON,
				BodyInserters.fromPublisher(Flux.range(0, count).map(Line::new), Line.class));
	}

	private CompletableFuture<String> post(URI uri, MediaType type,
			BodyInserter<?, ? super ClientHttpRequest> content) {
		return this.client.post()
			.uri(uri)
			.contentType(type)
			.body(content)
			.retrieve()
			.bodyToMono(String.class)
			.toFuture();
	}

	@Override
	public CompletableFuture<Integer> bodiless(HttpMethod method, URI uri) {
		return this.client.method(method)
			.uri(uri)
			.retrieve()
			.toBodilessEntity()
			.map((entity) -> entity.getStatusCode().value())
			.toFuture();
	}

	/** What no function asks for is left by {@code exchangeToMono}. */
	@Override
	public CompletableFuture<Integer> headOnly(HttpMethod method, URI uri) {
		return this.client.method(method)
			.uri(uri)
			.exchangeToMono((response) -> Mono.just(response.statusCode().value()))
			.toFuture();
	}

	@Override
	public CompletableFuture<Integer> beginning(URI uri) {
		return this.client.get().uri(uri).retrieve().bodyToFlux(DataBuffer.class).next().map((buffer) -> {
			int octets = buffer.readableByteCount();
			DataBufferUtils.release(buffer);
			return octets;
		}).toFuture();
	}

}
