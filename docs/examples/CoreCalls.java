package examples;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.SSLContext;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;

/**
 * The calls of {@code docs/core.md}, which shows these methods as they stand here.
 */
public final class CoreCalls {

	private CoreCalls() {
	}

	public static Http2Transport transport(SSLContext trust) {
		return Http2Transport.builder()
			.options(TransportOptions.builder()
				.tls(TlsOptions.of(trust))                // else the JVM's own trust store
				.responseTimeout(Duration.ofSeconds(20))
				.maxConnections(4)
				.build())
			.build();
	}

	public static String get(Http2Transport transport, URI uri) throws IOException {
		try (Http2Response response = transport.roundTrip(Http2Request.get(uri))) {
			String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
			return response.status() + " " + text; // 404 is a response too
		}
	}

	public static int post(Http2Transport transport, URI uri, byte[] order) throws IOException {
		Http2Request request = Http2Request.builder("POST", uri)
			.headers(Headers.of("content-type", "application/json", "accept", "application/json"))
			.body(RequestBody.of(order))
			.options(CallOptions.builder().exchangeTimeout(Duration.ofSeconds(5)).build())
			.build();
		try (Http2Response response = transport.roundTrip(request)) {
			return response.status();
		}
	}

	public static void download(Http2Transport transport, URI uri, Path target) throws IOException {
		try (Http2Response response = transport.roundTrip(Http2Request.get(uri)); InputStream content = response.body()) {
			Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
		}
	}

	public static CompletableFuture<Integer> status(Http2Transport transport, URI uri) {
		return transport.roundTripAsync(Http2Request.get(uri)).thenApply((response) -> {
			response.close(); // on an event loop: never block here
			return response.status();
		});
	}

	public static String getOrExplain(Http2Transport transport, URI uri) throws IOException {
		try {
			return get(transport, uri);
		}
		catch (Http2Exception ex) {
			return ex.context().phase() + (ex.isSafeToRetry() ? ", not processed: " : ": ") + ex.getMessage();
		}
	}

}
