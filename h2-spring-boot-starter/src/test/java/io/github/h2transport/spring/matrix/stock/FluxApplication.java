package io.github.h2transport.spring.matrix.stock;

import java.time.Duration;

import io.github.h2transport.testkit.Content;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;

/** {@link StockSite} without blocking. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class FluxApplication {

	private static final int PIECE = 16 * 1024;

	@GetMapping(StockSite.CONTENT)
	byte[] content() {
		return Content.ofSize(StockSite.CONTENT_SIZE);
	}

	@GetMapping(StockSite.DOWNLOAD)
	Mono<Void> download(ServerHttpResponse response) {
		byte[] piece = Content.ofSize(PIECE);
		return response.writeWith(
				Flux.range(0, StockSite.DOWNLOAD_SIZE / PIECE).map((index) -> response.bufferFactory().wrap(piece)));
	}

	@PostMapping(StockSite.UPLOAD)
	Mono<String> upload(@RequestBody Flux<DataBuffer> content) {
		return DataBufferUtils.join(content).map((joined) -> {
			byte[] octets = new byte[joined.readableByteCount()];
			joined.read(octets);
			DataBufferUtils.release(joined);
			return StockSite.received(octets);
		});
	}

	@PostMapping(StockSite.PARTS)
	Mono<String> parts(@RequestPart("part") Flux<FilePart> parts) {
		return parts.concatMap((part) -> part.content().map((buffer) -> {
			long size = buffer.readableByteCount();
			DataBufferUtils.release(buffer);
			return size;
		}).reduce(0L, Long::sum)).collectList().map(StockSite::parts);
	}

	@RequestMapping(StockSite.UNREAD)
	Mono<Void> unread(ServerHttpResponse response) {
		Flux<DataBuffer> later = Mono.delay(Duration.ofMillis(StockSite.PAUSE_MILLIS))
			.map((tick) -> response.bufferFactory().wrap(Content.ofSize(StockSite.UNREAD_SIZE)))
			.flux();
		return response.writeAndFlushWith(Flux.just(Flux.empty(), later));
	}

}
