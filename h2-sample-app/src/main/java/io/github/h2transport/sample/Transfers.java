package io.github.h2transport.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.BodyInserters;

/** Moves more content than need fit into memory, down and up, and checks every octet. */
@Component
class Transfers {

	private final Targets targets;

	private final Styles styles;

	Transfers(Targets targets, Styles styles) {
		this.targets = targets;
		this.styles = styles;
	}

	/** How the content is moved. */
	enum Style {

		/** RestClient: streams, on the calling thread. */
		REST {

			@Override
			String download(Styles styles, URI uri) {
				return text(
						styles.restClient().get().uri(uri).exchange((request, response) -> sum(response.getBody())));
			}

			@Override
			String upload(Styles styles, URI uri, int pieces) {
				StreamingHttpOutputMessage.Body content = (out) -> {
					for (int i = 0; i < pieces; i++) {
						out.write(LargeContent.piece(i));
					}
				};
				return text(styles.restClient().post().uri(uri).body(content).retrieve().body(String.class));
			}

		},

		/** WebClient: publishers, as fast as the slower side. */
		WEB {

			@Override
			String download(Styles styles, URI uri) {
				MessageDigest digest = LargeContent.digest();
				return text(styles.webClient()
					.get()
					.uri(uri)
					.retrieve()
					.bodyToFlux(DataBuffer.class)
					.doOnNext((buffer) -> update(digest, buffer))
					.then(Mono.fromCallable(() -> LargeContent.text(digest)))
					.block());
			}

			@Override
			String upload(Styles styles, URI uri, int pieces) {
				Flux<DataBuffer> content = Flux.range(0, pieces)
					.map((index) -> DefaultDataBufferFactory.sharedInstance.wrap(LargeContent.piece(index)));
				return text(styles.webClient()
					.post()
					.uri(uri)
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(BodyInserters.fromDataBuffers(content))
					.retrieve()
					.bodyToMono(String.class)
					.block());
			}

		};

		/** Downloads; returns the sum of what came. */
		abstract String download(Styles styles, URI uri);

		/** Uploads; returns the sum that the server has computed. */
		abstract String upload(Styles styles, URI uri, int pieces);

		private static String text(@Nullable String text) {
			return (text != null) ? text : "nothing";
		}

		private static void update(MessageDigest digest, DataBuffer buffer) {
			try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
				parts.forEachRemaining(digest::update);
			}
			finally {
				DataBufferUtils.release(buffer);
			}
		}

	}

	/**
	 * Downloads and uploads.
	 * @param style by which client
	 * @param mebibytes how much each way, 1 or more
	 * @param tls whether over TLS
	 * @return what happened
	 */
	Result run(Style style, int mebibytes, boolean tls) {
		String expected = LargeContent.sum(mebibytes);
		long startNanos = System.nanoTime();
		String down = style.download(this.styles, this.targets.self(tls, "/download?mebibytes=" + mebibytes));
		String up = style.upload(this.styles, this.targets.self(tls, "/upload"),
				mebibytes * LargeContent.PIECES_PER_MEBIBYTE);
		long milliseconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
		return new Result(style, mebibytes, expected.equals(down), expected.equals(up), milliseconds,
				Runtime.getRuntime().maxMemory() / (1024 * 1024));
	}

	/** Reads content to its end; returns its sum. */
	static String sum(InputStream content) throws IOException {
		MessageDigest digest = LargeContent.digest();
		byte[] piece = new byte[LargeContent.PIECE];
		for (int length = content.read(piece); length >= 0; length = content.read(piece)) {
			digest.update(piece, 0, length);
		}
		return LargeContent.text(digest);
	}

	/**
	 * What a transfer did.
	 *
	 * @param style by which client
	 * @param mebibytes how much each way
	 * @param downloadWhole whether every octet came down as it was
	 * @param uploadWhole whether every octet went up as it was
	 * @param milliseconds how long both took
	 * @param heapMebibytes the largest heap that this JVM may have
	 */
	record Result(Style style, int mebibytes, boolean downloadWhole, boolean uploadWhole, long milliseconds,
			long heapMebibytes) {
	}

}
