package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the source of a request gives without a pause leaves in full frames, END_STREAM on
 * the last of them; what it gave before a pause leaves when it pauses. Servers take small
 * frames for overhead, and Tomcat ends connections that bring two of a few octets.
 */
@Timeout(120)
class ContentInFullFramesTests {

	private static final int FRAME = 16_384;

	/** What three frames leave of the window that a connection begins with. */
	private static final int WINDOW_END = 65_535 - 3 * FRAME;

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Http2Transport.builder()
		.options(TransportOptions.builder().allowHttp(true).build())
		.build();

	@AfterEach
	void close() {
		this.server.close();
		this.transport.close();
	}

	/** The two ways to make a call. */
	enum Style {

		BLOCKING {

			@Override
			Call<Http2Response> send(Http2Transport transport, Http2Request request) {
				return Call.of(() -> transport.roundTrip(request));
			}

		},

		ASYNCHRONOUS {

			@Override
			Call<Http2Response> send(Http2Transport transport, Http2Request request) {
				CompletableFuture<Http2Response> result = transport.roundTripAsync(request);
				return Call.of(() -> result.get(30, TimeUnit.SECONDS));
			}

		};

		abstract Call<Http2Response> send(Http2Transport transport, Http2Request request);

	}

	private Call<Http2Response> post(Style style, RequestBody body) {
		return style.send(this.transport, Http2Request.builder("POST", this.server.uri("/upload")).body(body).build());
	}

	private ScriptedConn serve() {
		ScriptedConn connection = this.server.accept()
			.greet(Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 1 << 24).build());
		connection.windowUpdate(0, 1 << 24);
		return connection;
	}

	/** The lengths of the frames that carry the content; the last one ends the stream. */
	private static List<Integer> frames(ScriptedConn connection, int streamId, ByteArrayOutputStream content) {
		List<Integer> lengths = new ArrayList<>();
		for (boolean end = false; !end;) {
			ClientFrame.Data data = connection.await(ClientFrame.Data.class, (frame) -> frame.streamId() == streamId);
			lengths.add(data.octets().length);
			content.writeBytes(data.octets());
			end = data.endStream();
		}
		return lengths;
	}

	private static void answered(ScriptedConn connection, int streamId, Call<Http2Response> call) throws IOException {
		connection.respond(streamId, 200);
		try (Http2Response response = call.result()) {
			assertThat(response.status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void shortBuffersOfAPublisherShareOneFrameThatEndsTheStream(Style style) throws Exception {
		List<ByteBuffer> buffers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			buffers.add(ByteBuffer.wrap(("item" + i).getBytes(StandardCharsets.US_ASCII)));
		}
		Call<Http2Response> call = post(style,
				RequestBody.ofPublisher(new Synchronous(buffers), RequestBody.UNKNOWN_LENGTH, false));
		ScriptedConn connection = serve();
		int stream = connection.awaitHead().streamId();
		ByteArrayOutputStream content = new ByteArrayOutputStream();

		assertThat(frames(connection, stream, content)).containsExactly(50);
		assertThat(content.toString(StandardCharsets.US_ASCII)).startsWith("item0item1").endsWith("item8item9");
		answered(connection, stream, call);
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void manyBuffersOfAPublisherFillTheFrames(Style style) throws Exception {
		List<ByteBuffer> buffers = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			buffers.add(ByteBuffer.allocate(100));
		}
		Call<Http2Response> call = post(style,
				RequestBody.ofPublisher(new Synchronous(buffers), RequestBody.UNKNOWN_LENGTH, false));
		ScriptedConn connection = serve();
		int stream = connection.awaitHead().streamId();

		List<Integer> frames = frames(connection, stream, new ByteArrayOutputStream());

		assertThat(frames.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100_000);
		assertThat(frames.subList(0, frames.size() - 1)).isSubsetOf(FRAME, WINDOW_END);
		assertThat(frames.get(frames.size() - 1)).isPositive();
		answered(connection, stream, call);
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void aPublisherOnAThreadOfItsOwnFillsFramesToo(Style style) throws Exception {
		try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
			Call<Http2Response> call = post(style,
					RequestBody.ofPublisher(publisher, RequestBody.UNKNOWN_LENGTH, false));
			ScriptedConn connection = serve();
			int stream = connection.awaitHead().streamId();
			await().until(publisher::hasSubscribers);
			for (int i = 0; i < 100; i++) {
				publisher.submit(ByteBuffer.allocate(5));
			}
			publisher.close();

			List<Integer> frames = frames(connection, stream, new ByteArrayOutputStream());

			assertThat(frames.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
			// One, if nobody takes the processor away in between.
			assertThat(frames).hasSizeLessThanOrEqualTo(3);
			answered(connection, stream, call);
		}
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void aWriterThatFlushesEachItemSendsOneFrame(Style style) throws Exception {
		Call<Http2Response> call = post(style, RequestBody.ofWriter((out) -> {
			for (int i = 0; i < 100; i++) {
				out.write(new byte[5]);
				out.flush();
			}
		}, RequestBody.UNKNOWN_LENGTH, true));
		ScriptedConn connection = serve();
		int stream = connection.awaitHead().streamId();

		List<Integer> frames = frames(connection, stream, new ByteArrayOutputStream());

		assertThat(frames.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
		assertThat(frames).hasSizeLessThanOrEqualTo(3).doesNotContain(0);
		answered(connection, stream, call);
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void whatWasGivenBeforeAPauseLeavesWhenTheSourcePauses(Style style) throws Exception {
		SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
		Call<Http2Response> call = post(style, RequestBody.ofPublisher(publisher, RequestBody.UNKNOWN_LENGTH, false));
		ScriptedConn connection = serve();
		int stream = connection.awaitHead().streamId();
		await().until(publisher::hasSubscribers);
		for (String message : List.of("ping", "pong", "a longer message")) {
			publisher.submit(ByteBuffer.wrap(message.getBytes(StandardCharsets.US_ASCII)));
			// The next one is given only after this one has arrived.
			ClientFrame.Data data = connection.await(ClientFrame.Data.class);
			assertThat(new String(data.octets(), StandardCharsets.US_ASCII)).isEqualTo(message);
			assertThat(data.endStream()).isFalse();
		}
		publisher.close();
		assertThat(connection.awaitContent(stream)).isEmpty();
		answered(connection, stream, call);
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void aWriterAndItsServerTakeTurns(Style style) throws Exception {
		Semaphore arrived = new Semaphore(0);
		Call<Http2Response> call = post(style, RequestBody.ofWriter((out) -> {
			for (int i = 0; i < 5; i++) {
				out.write(("message " + i).getBytes(StandardCharsets.US_ASCII));
				out.flush();
				arrived.acquireUninterruptibly();
			}
		}, RequestBody.UNKNOWN_LENGTH, false));
		ScriptedConn connection = serve();
		int stream = connection.awaitHead().streamId();
		for (int i = 0; i < 5; i++) {
			ClientFrame.Data data = connection.await(ClientFrame.Data.class);
			assertThat(new String(data.octets(), StandardCharsets.US_ASCII)).isEqualTo("message " + i);
			arrived.release();
		}
		assertThat(connection.awaitContent(stream)).isEmpty();
		answered(connection, stream, call);
	}

	/** So the server can refuse what it has seen the beginning of. */
	@ParameterizedTest
	@EnumSource(Style.class)
	void whatASlowInputStreamHasGivenIsSeenBeforeItGivesMore(Style style) throws Exception {
		CountDownLatch refused = new CountDownLatch(1);
		Call<Http2Response> call = post(style, RequestBody.ofInputStream(new Slow(refused), 1_000_000));
		ScriptedConn connection = serve();
		int stream = connection.awaitHead().streamId();
		ClientFrame.Data first = connection.await(ClientFrame.Data.class);
		assertThat(first.octets()).hasSize(1000);
		connection.respond(stream, 403);
		refused.countDown();
		try (Http2Response response = call.result()) {
			assertThat(response.status()).isEqualTo(403);
		}
	}

	@ParameterizedTest
	@EnumSource(Style.class)
	void contentOfDeclaredLengthEndsWithItsLastFrame(Style style) throws Exception {
		ScriptedConn connection = null;
		for (int length : new int[] { 5, FRAME, 2 * FRAME, 3 * FRAME + 1 }) {
			for (RequestBody body : List.of(RequestBody.ofInputStream(() -> InputStream.nullInputStream(), 0),
					RequestBody.ofWriter((out) -> out.write(new byte[length]), length, true),
					RequestBody.ofWriter((out) -> flushing(out, length), length, true),
					RequestBody.ofInputStream(new ByteArrayInputStream(new byte[length]), length),
					RequestBody.ofPublisher(new Synchronous(List.of(ByteBuffer.allocate(length))), length, false),
					RequestBody.ofPublisher(new Synchronous(List.of(ByteBuffer.allocate(length))),
							RequestBody.UNKNOWN_LENGTH, false))) {
				Call<Http2Response> call = post(style, body);
				connection = (connection != null) ? connection : serve();
				ClientFrame.Head head = connection.awaitHead();
				if (body.contentLength() == 0) {
					assertThat(head.endStream()).isTrue();
				}
				else {
					List<Integer> frames = frames(connection, head.streamId(), new ByteArrayOutputStream());
					assertThat(frames).as("%s octets of %s", length, body).doesNotContain(0);
					assertThat(frames.stream().mapToInt(Integer::intValue).sum()).isEqualTo(length);
				}
				answered(connection, head.streamId(), call);
			}
		}
	}

	private static void flushing(OutputStream out, int length) throws IOException {
		for (int left = length; left > 0;) {
			int some = Math.min(left, 4096);
			out.write(new byte[some]);
			out.flush();
			left -= some;
		}
	}

	/** Gives a buffer within each request for one. */
	private static final class Synchronous implements Flow.Publisher<ByteBuffer> {

		private final List<ByteBuffer> buffers;

		Synchronous(List<ByteBuffer> buffers) {
			this.buffers = buffers;
		}

		@Override
		public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
			subscriber.onSubscribe(new Flow.Subscription() {

				private int next;

				private long wanted;

				private boolean giving;

				private boolean over;

				@Override
				public void request(long count) {
					this.wanted += count;
					if (this.giving) {
						return;
					}
					this.giving = true;
					while (this.wanted > 0 && this.next < Synchronous.this.buffers.size() && !this.over) {
						this.wanted--;
						subscriber.onNext(Synchronous.this.buffers.get(this.next++).duplicate());
					}
					this.giving = false;
					if (this.next == Synchronous.this.buffers.size() && !this.over) {
						this.over = true;
						subscriber.onComplete();
					}
				}

				@Override
				public void cancel() {
					this.over = true;
				}

			});
		}

	}

	/** Gives 1,000 octets, and more only after a latch has opened. */
	private static final class Slow extends InputStream {

		private final CountDownLatch more;

		private boolean begun;

		Slow(CountDownLatch more) {
			this.more = more;
		}

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		@Override
		public int read(byte[] octets, int offset, int length) throws IOException {
			if (this.begun) {
				try {
					this.more.await();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
			}
			this.begun = true;
			return Math.min(length, 1000);
		}

	}

}
