package io.github.h2transport.spring;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/** Answers from a script, and keeps what it was asked. */
final class FakeExchange implements Exchange, AsyncExchange {

	final List<Http2Request> requests = new ArrayList<>();

	final List<String> bodies = new ArrayList<>();

	final List<Response> responses = new ArrayList<>();

	private final Deque<Object> script = new ArrayDeque<>();

	FakeExchange answers(int status, String... headers) {
		return answers(new Response(status, Headers.of(headers), new ByteArrayInputStream(new byte[0])));
	}

	FakeExchange answers(Response response) {
		this.script.add(response);
		return this;
	}

	FakeExchange fails(Http2Exception failure) {
		this.script.add(failure);
		return this;
	}

	@Override
	public Http2Response roundTrip(Http2Request request) throws Http2Exception {
		this.requests.add(request);
		this.bodies.add(written(request));
		Object next = this.script.remove();
		if (next instanceof Http2Exception failure) {
			throw failure;
		}
		this.responses.add((Response) next);
		return (Response) next;
	}

	@Override
	public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
		try {
			return CompletableFuture.completedFuture(roundTrip(request));
		}
		catch (Http2Exception ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Override
	public TransportOptions options() {
		return TransportOptions.defaults();
	}

	private static String written(Http2Request request) {
		if (request.body() instanceof RequestBody.Published) {
			return "published";
		}
		try {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			request.body().writeTo(out);
			return out.toString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** A response that remembers whether it was closed. */
	static final class Response implements Http2Response {

		private final int status;

		private final Headers headers;

		private final InputStream body;

		boolean closed;

		Response(int status, Headers headers, InputStream body) {
			this.status = status;
			this.headers = headers;
			this.body = body;
		}

		@Override
		public int status() {
			return this.status;
		}

		@Override
		public Headers headers() {
			return this.headers;
		}

		@Override
		public Flow.Publisher<ByteBuffer> publisher() {
			throw new IllegalStateException("only read as a stream");
		}

		@Override
		public InputStream body() {
			return this.body;
		}

		@Override
		public @Nullable Headers trailers() {
			return null;
		}

		@Override
		public String connectionId() {
			return "c1";
		}

		@Override
		public int streamId() {
			return 1;
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
