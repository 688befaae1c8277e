package io.github.h2transport.testkit.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.testkit.Call;
import org.jspecify.annotations.Nullable;

/** A request and its response, as its caller sees them. */
public final class Exchange {

	private static final long PATIENCE_SECONDS = 20;

	private final CompletableFuture<Http2Response> outcome;

	private final @Nullable ScriptedWriter writer;

	Exchange(CompletableFuture<Http2Response> outcome, @Nullable ScriptedWriter writer) {
		this.outcome = outcome;
		this.writer = writer;
	}

	void throwIfInvalid() throws InvalidRequestException {
		if (this.outcome.isCompletedExceptionally() && failure() instanceof InvalidRequestException refused) {
			throw refused;
		}
	}

	/**
	 * Returns whether the caller knows how its call went.
	 * @return {@code false} while it waits for the response's head
	 */
	public boolean isDone() {
		return this.outcome.isDone();
	}

	public Http2Response response() {
		try {
			return this.outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw new AssertionError("There is no response", ex.getCause());
		}
		catch (Exception ex) {
			throw new AssertionError("There is no response", ex);
		}
	}

	public Exchange hasStatus(int status) {
		int actual = response().status();
		if (actual != status) {
			throw new AssertionError("The status is " + actual + ", not " + status);
		}
		return this;
	}

	/** The caller leaves before it has a response. */
	public void cancel() {
		this.outcome.cancel(true);
	}

	/** The caller is done with its response. */
	public void close() {
		response().close();
	}

	/**
	 * Returns the failure of the call. A call that was turned away wants to try again,
	 * and gets no second connection here; what turned it away is what counts.
	 * @param type what it must be
	 * @return the failure
	 */
	public <T extends Throwable> T failure(Class<T> type) {
		Throwable failure = failure();
		List<Http2Exception> attempts = (failure instanceof Http2Exception ours) ? ours.attempts() : List.of();
		for (Http2Exception earlier : attempts) {
			if (type.isInstance(earlier)) {
				return type.cast(earlier);
			}
		}
		if (!type.isInstance(failure)) {
			throw new AssertionError("Another failure than " + type.getSimpleName(), failure);
		}
		return type.cast(failure);
	}

	private Throwable failure() {
		try {
			throw new AssertionError("No failure, but " + this.outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
		}
		catch (ExecutionException ex) {
			return (ex.getCause() instanceof CompletionException) ? ex.getCause().getCause() : ex.getCause();
		}
		catch (Exception ex) {
			throw new AssertionError("No failure", ex);
		}
	}

	public ScriptedWriter upload() {
		return Objects.requireNonNull(this.writer, "The script writes no content of this request");
	}

	public InputStream body() {
		return response().body();
	}

	/**
	 * Reads everything up to the end.
	 * @return the content, an octet a character
	 */
	public String text() {
		return new String(Call.of(() -> body().readAllBytes()).result(), StandardCharsets.ISO_8859_1);
	}

	public String text(int length) throws IOException {
		return new String(body().readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Returns what the next read fails with, which it must.
	 * @return the failure
	 */
	public Throwable bodyFailure() {
		return Call.of(() -> body().read()).failure(Throwable.class);
	}

}
