package io.github.h2transport.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.BodyInserters;

/**
 * Content that moves slowly for a while, so that windows run out of credit and one can
 * see who waits for whom. Blocks no thread.
 */
@Component
class SlowTransfers {

	/** Each one holds a stream for its time. */
	static final int MAX = 10;

	/**
	 * Between two pieces: longer than what the diagnosis takes for a slow reader or a
	 * window that is too small.
	 */
	private static final Duration PAUSE = Duration.ofSeconds(2);

	private static final int MEBIBYTES = 100; // far more than is read in any time allowed

	private static final Log logger = LogFactory.getLog(SlowTransfers.class);

	private final Targets targets;

	private final Styles styles;

	private final Semaphore free = new Semaphore(MAX);

	SlowTransfers(Targets targets, Styles styles) {
		this.targets = targets;
		this.styles = styles;
	}

	/**
	 * Starts a large download of which a piece is read now and then, and which is
	 * cancelled in the end.
	 * @param seconds for how long
	 * @param tls whether over TLS
	 * @return {@code false} if there would be more than {@link #MAX}
	 */
	boolean read(int seconds, boolean tls) {
		return start("read slowly",
				() -> this.styles.webClient()
					.get()
					.uri(this.targets.self(tls, "/download?mebibytes=" + MEBIBYTES))
					.retrieve()
					.bodyToFlux(DataBuffer.class)
					.concatMap(SlowTransfers::release, 1)
					.take(Duration.ofSeconds(seconds))
					.doOnDiscard(DataBuffer.class, DataBufferUtils::release)
					.then());
	}

	/**
	 * Starts an upload of which the server reads a piece now and then.
	 * @param seconds for how long; an upload of less than 10 fits into the window
	 * @param tls whether over TLS
	 * @return {@code false} if there would be more than {@link #MAX}
	 */
	boolean send(int seconds, boolean tls) {
		int pieces = Math.max(1, (int) (seconds / PAUSE.toSeconds()));
		Flux<DataBuffer> content = Flux.range(0, pieces)
			.map((index) -> DefaultDataBufferFactory.sharedInstance.wrap(LargeContent.piece(index)));
		return start("sent slowly",
				() -> this.styles.webClient()
					.post()
					.uri(this.targets.self(tls, "/sip"))
					.contentType(MediaType.APPLICATION_OCTET_STREAM)
					.body(BodyInserters.fromDataBuffers(content))
					.retrieve()
					.toBodilessEntity()
					.then());
	}

	/** What the server does with such an upload: returns how many octets there were. */
	static Mono<Long> sip(InputStream content) {
		byte[] piece = new byte[LargeContent.PIECE];
		return Flux.interval(PAUSE, Schedulers.boundedElastic())
			.onBackpressureDrop()
			.map((tick) -> readPiece(content, piece))
			.takeWhile((length) -> length > 0)
			.reduce(0L, Long::sum);
	}

	private boolean start(String what, Supplier<Mono<Void>> transfer) {
		if (!this.free.tryAcquire()) {
			return false;
		}
		Mono.defer(transfer).doFinally((signal) -> this.free.release()).subscribe((nothing) -> {
		}, (ex) -> logger.warn("What was " + what + " ended early: " + ex.getMessage()));
		return true;
	}

	private static Mono<Long> release(DataBuffer buffer) {
		DataBufferUtils.release(buffer);
		return Mono.delay(PAUSE);
	}

	private static int readPiece(InputStream content, byte[] piece) {
		try {
			return content.readNBytes(piece, 0, piece.length);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
