package io.github.h2transport.conn;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.zip.CRC32;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Response;
import io.github.h2transport.conn.Session.Kind;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** A call of a session, and all that its caller hears. Confined to the playing thread. */
final class PlayedCall implements StreamListener, Flow.Subscriber<ByteBuffer> {

	private final Kind kind;

	private final StringBuilder heard = new StringBuilder();

	private final CRC32 checksum = new CRC32();

	private long length;

	private @Nullable ClientStream stream;

	private @Nullable Http2Response response;

	private @Nullable Throwable failure;

	/** How often its caller was told that it is over. */
	private int ends;

	/** How often its listener was told so. */
	private int dones;

	PlayedCall(Kind kind) {
		this.kind = kind;
	}

	static PlayedCall turnedAway() {
		PlayedCall call = new PlayedCall(Kind.GET);
		call.heard.append("no slot");
		call.ends = 1;
		return call;
	}

	void started(ClientStream newStream) {
		this.stream = newStream;
		newStream.onResponse(this::head);
	}

	void refused(Throwable why) {
		over(why);
	}

	private void head() {
		ClientStream ours = this.stream;
		if (ours == null) {
			throw new AssertionError("An answer without a question");
		}
		try {
			Http2Response arrived = ours.poll();
			if (arrived == null) {
				throw new AssertionError("News without a response");
			}
			this.response = arrived;
			this.heard.append(arrived.status()).append(' ').append(arrived.headers()).append("; ");
			if (this.kind != Kind.UNREAD_GET) {
				arrived.publisher().subscribe(this);
			}
		}
		catch (Http2Exception ex) {
			over(ex);
		}
	}

	/** For one who does not read: the end is seen in passing. */
	void look() {
		ClientStream ours = this.stream;
		if (this.kind == Kind.UNREAD_GET && ours != null && this.ends == 0 && this.response != null
				&& (ours.body().isEnded() || ours.body().failure() != null)) {
			this.heard.append(ours.body().isEnded() ? "whole" : "");
			over(ours.body().isEnded() ? null : ours.body().failure());
		}
	}

	void leave() {
		if (this.stream != null && this.ends == 0) {
			this.stream.cancel(ErrorCode.CANCEL, SessionPlayer.left());
			if (this.response != null) {
				// A subscriber that cancels is told nothing.
				over(this.stream.failure());
			}
		}
	}

	boolean isRunning() {
		// Who does not read is not bound by its own pauses.
		return this.ends == 0 && !(this.kind == Kind.UNREAD_GET && this.response != null);
	}

	void close() {
		if (this.response != null) {
			this.response.close();
		}
	}

	int id() {
		return (this.stream != null) ? this.stream.id() : 0;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	/** A body is a success only if it is as long as declared (RFC 9113 section 8.1.1). */
	void checkLength() {
		assertThat(this.ends).as("how often it ended: %s", this).isLessThanOrEqualTo(1);
		assertThat(this.dones).as("how often its end was told: %s", this).isLessThanOrEqualTo(1);
		Http2Response arrived = this.response;
		if (arrived == null || this.failure != null || this.ends == 0 || this.kind == Kind.UNREAD_GET) {
			return;
		}
		String declared = arrived.headers().get("content-length");
		if (this.kind == Kind.HEAD || arrived.status() == 204 || arrived.status() == 304) {
			assertThat(this.length).as("content of %s", this).isZero();
		}
		else if (declared != null && !declared.contains(",")) {
			assertThat(this.length).as("content of %s", this).isEqualTo(Long.parseLong(declared.strip()));
		}
	}

	private void over(@Nullable Throwable why) {
		this.ends++;
		this.failure = why;
		if (why != null) {
			// How much of the content came before depends on the pieces that it came in.
			this.heard.append(SessionPlayer.words(why));
		}
		else {
			this.heard.append(this.length).append(" octets, checksum ").append(this.checksum.getValue());
			this.heard.append(' ').append((this.response != null) ? this.response.trailers() : null);
		}
	}

	@Override
	public void onSubscribe(Flow.Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(ByteBuffer item) {
		this.length += item.remaining();
		this.checksum.update(item);
	}

	@Override
	public void onError(Throwable throwable) {
		if (this.ends == 0) {
			over(throwable);
		}
	}

	@Override
	public void onComplete() {
		over(null);
	}

	@Override
	public void wroteHeaders() {
	}

	@Override
	public void wroteRequest() {
	}

	@Override
	public void informational(int status, Headers headers) {
		this.heard.append(status).append(' ').append(headers).append("; ");
	}

	@Override
	public void firstByte(int status) {
	}

	@Override
	public void done(@Nullable Http2Exception cause) {
		this.dones++;
	}

	@Override
	public String toString() {
		return this.kind + " " + this.heard;
	}

}
