package io.github.h2transport.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Published content in gzip as it was before. Of each encoded buffer only as much is
 * decoded as the subscriber has requested, and the next one is requested after that.
 */
final class GunzipFlux {

	private static final int PIECE = 8192; // like a blocking reader's usual buffer

	private GunzipFlux() {
	}

	/**
	 * Decodes published content.
	 * @param encoded the content in gzip
	 * @return the content; a failure of the decoding is an {@link IOException}
	 */
	static Flux<ByteBuffer> decode(Flux<ByteBuffer> encoded) {
		return Flux.defer(() -> {
			GzipDecoder decoder = new GzipDecoder();
			return encoded.concatMapIterable((octets) -> pieces(decoder, octets), 1)
				.concatWith(Mono.defer(() -> end(decoder)))
				.onErrorMap(UncheckedIOException.class, GunzipFlux::cause)
				.doFinally((signal) -> decoder.close());
		});
	}

	private static Mono<ByteBuffer> end(GzipDecoder decoder) {
		try {
			decoder.end();
			return Mono.empty();
		}
		catch (IOException ex) {
			return Mono.error(ex);
		}
	}

	private static Throwable cause(UncheckedIOException wrapper) {
		IOException cause = wrapper.getCause();
		return (cause != null) ? cause : wrapper;
	}

	private static Iterable<ByteBuffer> pieces(GzipDecoder decoder, ByteBuffer octets) {
		return () -> {
			decoder.input(octets);
			return new Pieces(decoder);
		};
	}

	/** The decoded octets of one encoded buffer. */
	private static final class Pieces implements Iterator<ByteBuffer> {

		private final GzipDecoder decoder;

		private @Nullable ByteBuffer next;

		private Pieces(GzipDecoder decoder) {
			this.decoder = decoder;
		}

		@Override
		public boolean hasNext() {
			if (this.next == null) {
				this.next = decode();
			}
			return this.next != null;
		}

		private @Nullable ByteBuffer decode() {
			try {
				byte[] target = new byte[PIECE];
				int decoded = this.decoder.read(target, 0, PIECE);
				if (decoded == 0) {
					return null;
				}
				return ByteBuffer.wrap((decoded > PIECE / 2) ? target : Arrays.copyOf(target, decoded), 0, decoded);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public ByteBuffer next() {
			if (!hasNext()) {
				throw new NoSuchElementException();
			}
			ByteBuffer piece = this.next;
			this.next = null;
			if (piece == null) {
				throw new NoSuchElementException();
			}
			return piece;
		}

	}

}
