package io.github.h2transport.sample;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.HtmlUtils;

import jakarta.servlet.http.HttpServletRequest;

/** What a browser or curl can ask for, and what the application asks itself. */
@RestController
class SampleController {

	private static final int MAX_CALLS = 1000;

	static final int MAX_SECONDS = 50; // below the client's limit for an answer

	private static final String INDEX = """
			<!doctype html><html lang="en"><meta charset="utf-8"><title>h2-sample-app</title>
			<h1>h2-sample-app</h1>
			<p>A Spring Boot application that calls itself over HTTP/2 (the protocol, not the H2 database).</p>
			<p><a href="live.html"><strong>/live.html</strong></a>: watch its connections and streams, and make traffic</p>
			<ul>
			<li><a href="fanout?calls=100">/fanout?calls=100</a>: parallel calls in cleartext</li>
			<li><a href="fanout?calls=100&amp;tls=true">/fanout?calls=100&amp;tls=true</a>: the same over TLS</li>
			<li><a href="hold?streams=5&amp;seconds=30">/hold?streams=5&amp;seconds=30</a>:
				streams that stay open, to be looked at</li>
			<li><a href="styles">/styles</a>, <a href="styles?tls=true">/styles?tls=true</a>:
				the same call by RestClient, by WebClient and by an @HttpExchange interface</li>
			<li><a href="transfer?style=web&amp;mebibytes=100">/transfer?style=web&amp;mebibytes=100</a>,
				<a href="transfer?style=rest&amp;mebibytes=100">/transfer?style=rest&amp;mebibytes=100</a>:
				100 MiB down and up by WebClient or RestClient, each octet checked, in constant memory
				(try a heap of 64 MiB)</li>
			<li><a href="follow?events=5">/follow?events=5</a>:
				WebClient follows the endless stream of server-sent events at /events, and ends it after five</li>
			<li><a href="read-slowly?seconds=20">/read-slowly?seconds=20</a>,
				<a href="send-slowly?seconds=20">/send-slowly?seconds=20</a>:
				a download that the application reads slowly and an upload that the server reads slowly: windows run empty</li>
			<li><a href="%s">%s</a>: connections, streams, windows</li>
			</ul>
			<p>Start it with --sample.target=https://... to fan out to another HTTP/2 server.</p>
			""";

	private final FanOut fanOut;

	private final HeldStreams heldStreams;

	private final Targets targets;

	SampleController(FanOut fanOut, HeldStreams heldStreams, Targets targets) {
		this.fanOut = fanOut;
		this.heldStreams = heldStreams;
		this.targets = targets;
	}

	@GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
	String index() {
		String endpoint = HtmlUtils.htmlEscape(this.targets.endpoint());
		return INDEX.formatted(endpoint.substring(1), endpoint);
	}

	@GetMapping("/fanout")
	FanOut.Result fanOut(@RequestParam(defaultValue = "100") int calls,
			@RequestParam(defaultValue = "false") boolean tls) {
		return this.fanOut.run(inRange("calls", calls, MAX_CALLS), tls);
	}

	@GetMapping("/hold")
	Held hold(@RequestParam(defaultValue = "5") int streams, @RequestParam(defaultValue = "30") int seconds,
			@RequestParam(defaultValue = "false") boolean tls) {
		inRange("streams", streams, HeldStreams.MAX);
		inRange("seconds", seconds, MAX_SECONDS);
		if (!this.heldStreams.hold(streams, seconds, tls)) {
			throw new ResponseStatusException(HttpStatus.TOO_MANY_REQUESTS,
					"At most " + HeldStreams.MAX + " streams are held at a time; wait until some have ended");
		}
		return new Held(streams, seconds, LivePage.PATH);
	}

	@GetMapping(path = "/greeting", produces = MediaType.TEXT_PLAIN_VALUE)
	String greeting(HttpServletRequest request) {
		return "Hello over " + request.getProtocol() + "\n";
	}

	/** Answers when the time is over, without a thread of the server. */
	@GetMapping(path = "/slow", produces = MediaType.TEXT_PLAIN_VALUE)
	DeferredResult<String> slow(@RequestParam int seconds) {
		return new DeferredResult<>(inRange("seconds", seconds, MAX_SECONDS) * 1000L, "Done\n");
	}

	static int inRange(String name, int value, int most) {
		if (value < 1 || value > most) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"'" + name + "' must be 1 to " + most + ", but is " + value);
		}
		return value;
	}

	/**
	 * What is held.
	 *
	 * @param streams how many streams
	 * @param seconds for how long
	 * @param see where to look at them
	 */
	record Held(int streams, int seconds, String see) {
	}

}
