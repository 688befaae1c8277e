package io.github.h2transport.conn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** A request and its response, as its caller sees them. */
public final class Exchange {

	private final ClientStream stream;

	/** Set by the first who asks for it. */
	private volatile @Nullable Http2Response response;

	Exchange(ClientStream stream) {
		this.stream = stream;
	}

	public ClientStream stream() {
		return this.stream;
	}

	/** The response, which must be there; kept, or it would be found lost. */
	public Http2Response response() throws Exception {
		Http2Response known = this.response;
		if (known == null) {
			known = Caller.of(this.stream::awaitResponse).result();
			this.response = known;
		}
		return known;
	}

	public Exchange hasStatus(int status) throws Exception {
		assertThat(response().status()).isEqualTo(status);
		return this;
	}

	/** The failure, which must be there. */
	public <T extends Http2Exception> T failure(Class<T> type) throws InterruptedException, TimeoutException {
		Throwable failure = Caller.of(this.stream::awaitResponse).failure();
		assertThat(failure).isInstanceOf(type);
		return type.cast(failure);
	}

	/** Waits for the response on a thread of its own. */
	Caller<Http2Response> waiting() {
		return Caller.of(this.stream::awaitResponse).parked();
	}

	public UploadStream upload() {
		return this.stream.uploadStream();
	}

	/** As the transport does when writing the content fails. */
	public InputStream body() {
		ResponseBody content = this.stream.body();
		return new InputStream() {

			@Override
			public int read() throws IOException {
				return content.read();
			}

			@Override
			public int read(byte[] into, int offset, int length) throws IOException {
				return content.read(into, offset, length);
			}

			@Override
			public byte[] readNBytes(int length) throws IOException {
				return content.readNBytes(length);
			}

			@Override
			public int available() throws IOException {
				return content.available();
			}

			@Override
			public void close() {
				Exchange.this.stream.closeResponse();
			}

		};
	}

	/** Reads everything up to the end, which must have come. */
	public String text() throws Exception {
		return Caller.of(() -> new String(body().readAllBytes(), StandardCharsets.ISO_8859_1)).result();
	}

	public String text(int length) throws IOException {
		return new String(body().readNBytes(length), StandardCharsets.ISO_8859_1);
	}

	/** What the next read fails with, which it must. */
	public Throwable bodyFailure() throws InterruptedException, TimeoutException {
		return Caller.of(() -> body().read()).failure();
	}

}
