package io.github.h2transport.sample;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Large and endless content: what the application serves, and what it asks itself. */
@RestController
class StreamingController {

	private static final int MAX_MEBIBYTES = 1024;

	private static final int MAX_EVENTS = 1000;

	private static final Duration BETWEEN_EVENTS = Duration.ofMillis(500);

	private final Styles styles;

	private final Transfers transfers;

	private final SlowTransfers slowTransfers;

	StreamingController(Styles styles, Transfers transfers, SlowTransfers slowTransfers) {
		this.styles = styles;
		this.transfers = transfers;
		this.slowTransfers = slowTransfers;
	}

	@GetMapping("/styles")
	Styles.Answers styles(@RequestParam(defaultValue = "false") boolean tls) {
		return this.styles.greet(tls);
	}

	@GetMapping("/transfer")
	Transfers.Result transfer(@RequestParam(defaultValue = "web") String style,
			@RequestParam(defaultValue = "100") int mebibytes, @RequestParam(defaultValue = "false") boolean tls) {
		return this.transfers.run(style(style), SampleController.inRange("mebibytes", mebibytes, MAX_MEBIBYTES), tls);
	}

	@GetMapping(path = "/follow", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> follow(@RequestParam(defaultValue = "5") int events,
			@RequestParam(defaultValue = "false") boolean tls) {
		return this.styles.follow(SampleController.inRange("events", events, MAX_EVENTS), tls);
	}

	@GetMapping(path = "/download", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
	StreamingResponseBody download(@RequestParam(defaultValue = "100") int mebibytes) {
		int pieces = SampleController.inRange("mebibytes", mebibytes, MAX_MEBIBYTES) * LargeContent.PIECES_PER_MEBIBYTE;
		return (out) -> {
			for (int i = 0; i < pieces; i++) {
				out.write(LargeContent.piece(i));
			}
		};
	}

	/** Answers with the sum of what it was sent. */
	@PostMapping(path = "/upload", produces = MediaType.TEXT_PLAIN_VALUE)
	String upload(InputStream content) throws IOException {
		return Transfers.sum(content);
	}

	/** Starts a download that is read slowly, and does not wait for its end. */
	@GetMapping("/read-slowly")
	Started readSlowly(@RequestParam(defaultValue = "20") int seconds,
			@RequestParam(defaultValue = "false") boolean tls) {
		return started(this.slowTransfers.read(seconds(seconds), tls), seconds);
	}

	/**
	 * Starts an upload that the server reads slowly, and does not wait for its end.
	 */
	@GetMapping("/send-slowly")
	Started sendSlowly(@RequestParam(defaultValue = "20") int seconds,
			@RequestParam(defaultValue = "false") boolean tls) {
		return started(this.slowTransfers.send(seconds(seconds), tls), seconds);
	}

	/** Reads what it is sent, slowly; answers with its size. */
	@PostMapping(path = "/sip", produces = MediaType.TEXT_PLAIN_VALUE)
	Mono<String> sip(InputStream content) {
		return SlowTransfers.sip(content).map((octets) -> octets + " octets\n");
	}

	/** Never ends by itself. */
	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> events() {
		return Flux.interval(Duration.ZERO, BETWEEN_EVENTS)
			.onBackpressureDrop()
			.map((number) -> "event " + number + " at " + LocalTime.now(ZoneId.systemDefault()));
	}

	private static int seconds(int seconds) {
		return SampleController.inRange("seconds", seconds, SampleController.MAX_SECONDS);
	}

	private static Started started(boolean started, int seconds) {
		if (!started) {
			throw new ResponseStatusException(HttpStatus.TOO_MANY_REQUESTS,
					"At most " + SlowTransfers.MAX + " slow transfers run at a time; wait until some have ended");
		}
		return new Started(seconds, LivePage.PATH);
	}

	private static Transfers.Style style(String name) {
		return switch (name) {
			case "rest" -> Transfers.Style.REST;
			case "web" -> Transfers.Style.WEB;
			default -> throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "'style' must be rest or web");
		};
	}

	/**
	 * What was started.
	 *
	 * @param seconds for how long it goes on
	 * @param see where to look at it
	 */
	record Started(int seconds, String see) {
	}

}
