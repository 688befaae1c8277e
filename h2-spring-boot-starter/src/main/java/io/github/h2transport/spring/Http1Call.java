package io.github.h2transport.spring;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A blocking call of the HTTP/1.1 client within the limits of {@link Http1Timeouts}.
 */
final class Http1Call {

	private final ClientHttpRequest request;

	private final Http1Timeouts timeouts;

	Http1Call(ClientHttpRequest request, Http1Timeouts timeouts) {
		this.request = request;
		this.timeouts = timeouts;
	}

	/**
	 * Makes the call.
	 * @return the response, whose content obeys the limits too
	 * @throws IOException if there is none
	 */
	ClientHttpResponse execute() throws IOException {
		Duration limit = this.timeouts.untilHead();
		try {
			return new Limited((limit != null) ? execute(limit) : this.request.execute(), this.timeouts);
		}
		catch (IOException | RuntimeException ex) {
			throw thrown(this.timeouts.reworded(ex, Phase.RESPONSE_HEAD));
		}
	}

	/**
	 * Not every client can be interrupted, so another thread makes the call: it goes on
	 * until the client gives up, but nobody waits for it.
	 */
	private ClientHttpResponse execute(Duration limit) throws IOException {
		CompletableFuture<ClientHttpResponse> answer = new CompletableFuture<>();
		// Inherits nothing: what a thread knows of its user is for its own calls.
		Thread worker = new Thread(null, () -> execute(answer), "h2-http1-call", 0, false);
		worker.setDaemon(true);
		worker.start();
		try {
			return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			leave(answer, worker);
			throw this.timeouts.passed(Phase.RESPONSE_HEAD);
		}
		catch (InterruptedException ex) {
			leave(answer, worker);
			Thread.currentThread().interrupt();
			InterruptedIOException interrupted = new InterruptedIOException("Interrupted while waiting for a response");
			interrupted.initCause(ex);
			throw interrupted;
		}
		catch (ExecutionException ex) {
			throw thrown((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	private void execute(CompletableFuture<ClientHttpResponse> answer) {
		try {
			ClientHttpResponse response = this.request.execute();
			if (!answer.complete(response)) {
				response.close();
			}
		}
		catch (Throwable ex) {
			answer.completeExceptionally(ex);
		}
	}

	private static void leave(CompletableFuture<ClientHttpResponse> answer, Thread worker) {
		if (answer.cancel(false)) {
			worker.interrupt();
		}
		else if (!answer.isCompletedExceptionally()) {
			answer.join().close();
		}
	}

	/** Whatever it is may be thrown: it came out of a call that declares the same. */
	private static IOException thrown(Throwable failure) {
		if (failure instanceof RuntimeException unchecked) {
			throw unchecked;
		}
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof IOException checked) ? checked : new IOException(failure);
	}

	/** The response as it came, but for the limits of its content. */
	private static final class Limited implements ClientHttpResponse {

		private final ClientHttpResponse response;

		private final Http1Timeouts timeouts;

		private @Nullable Content body;

		private Limited(ClientHttpResponse response, Http1Timeouts timeouts) {
			this.response = response;
			this.timeouts = timeouts;
		}

		@Override
		public HttpStatusCode getStatusCode() throws IOException {
			return this.response.getStatusCode();
		}

		@Override
		public String getStatusText() throws IOException {
			return this.response.getStatusText();
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.response.getHeaders();
		}

		@Override
		public InputStream getBody() throws IOException {
			Content present = this.body;
			if (present == null) {
				present = new Content(this.response.getBody(), this.timeouts);
				present.watch(this.timeouts.untilEnd());
				this.body = present;
			}
			return present;
		}

		@Override
		public void close() {
			Content read = this.body;
			if (read != null) {
				read.closed = true;
			}
			try {
				this.response.close();
			}
			catch (RuntimeException ex) {
				// What the clock has closed under it may not like to be closed again.
				if (read == null || read.passed == null) {
					throw ex;
				}
			}
		}

	}

	/** Content that ends with the exchange. For one reading thread. */
	private static final class Content extends FilterInputStream {

		private final Http1Timeouts timeouts;

		private final @Nullable Duration readLimit;

		/** Set by whoever ends the response, before it is closed. */
		private volatile boolean closed;

		/** Set by the clock, before it closes the content under its reader. */
		private volatile @Nullable Http2TimeoutException passed;

		private Content(InputStream content, Http1Timeouts timeouts) {
			super(content);
			this.timeouts = timeouts;
			this.readLimit = timeouts.untilMore();
		}

		private void watch(@Nullable Duration limit) {
			if (limit != null) {
				CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS)
					.execute(() -> end(this.timeouts.passed(Phase.RESPONSE_BODY)));
			}
		}

		private void end(Http2TimeoutException why) {
			if (this.closed) {
				return;
			}
			this.passed = why;
			try {
				this.in.close();
			}
			catch (IOException | RuntimeException ex) {
				// Its reader is told anyway.
			}
		}

		private IOException failed(Exception failure) {
			Http2TimeoutException ours = this.passed;
			if (ours != null) {
				return ExceptionTranslator.translate(ours);
			}
			return thrown(this.timeouts.reworded(failure, Phase.RESPONSE_BODY));
		}

		private int checked(int read) throws IOException {
			Http2TimeoutException ours = this.passed;
			if (ours != null) {
				// A closed stream may look like one that is over.
				throw ExceptionTranslator.translate(ours);
			}
			if (read < 0) {
				this.closed = true;
			}
			return read;
		}

		@Override
		public int read() throws IOException {
			return read(this.in::read);
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			return read(() -> this.in.read(target, offset, length));
		}

		private int read(Read read) throws IOException {
			Duration limit = this.readLimit;
			try {
				return checked((limit != null) ? read(read, limit) : read.run());
			}
			catch (IOException | RuntimeException ex) {
				throw failed(ex);
			}
		}

		private int read(Read read, Duration limit) throws IOException {
			CompletableFuture<Void> reading = new CompletableFuture<>();
			reading.orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).exceptionallyAsync((late) -> {
				end(this.timeouts.silent());
				return null;
			});
			try {
				return read.run();
			}
			finally {
				reading.complete(null);
			}
		}

		@Override
		public void close() throws IOException {
			this.closed = true;
			this.in.close();
		}

	}

	/** Waits for content. */
	@FunctionalInterface
	private interface Read {

		int run() throws IOException;

	}

}
