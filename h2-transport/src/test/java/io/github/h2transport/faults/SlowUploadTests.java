package io.github.h2transport.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Phase;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * An upload that moves may take as long as it takes: by default only silence ends a call
 * before its response head. A limit that somebody has set is literal.
 */
class SlowUploadTests {

	private static final byte[] CONTENT = new byte[200_000];

	/** In the place of the default of 60 s. */
	private static final Duration SILENCE = Duration.ofMillis(1_500);

	/** The server takes a frame each so often; all of them take longer than SILENCE. */
	private static final long PACE_MILLIS = 200;

	@ParameterizedTest
	@EnumSource
	void anUploadThatMovesOutlivesTheLimitOfSilence(Form form) throws Exception {
		try (Http2Transport transport = Transports.cleartext((options) -> options.progressTimeout(SILENCE));
				ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, request(server, form, CallOptions.defaults()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			long begin = System.nanoTime();
			takeAtLeisure(connection);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(SILENCE);
			connection.respond(1, 204);
			assertThat(call.get(20, TimeUnit.SECONDS).status()).isEqualTo(204);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anUploadThatStandsStillEndsByTheLimitOfSilenceWhichIsNamed(Form form) throws Exception {
		try (Http2Transport transport = Transports.cleartext((options) -> options.progressTimeout(SILENCE));
				ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, request(server, form, CallOptions.defaults()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			Http2TimeoutException failure = timeout(call);
			assertThat(failure).hasMessageContaining("h2.transport.progress-timeout");
			assertThat(failure.context().phase()).isEqualTo(Phase.REQUEST_BODY);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_PUBLISHER" })
	void anExplicitResponseTimeoutIsLiteral(Form form) throws Exception {
		endsInSpiteOfProgress(form, CallOptions.builder().responseTimeout(SILENCE).build(), "responseTimeout");
	}

	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_PUBLISHER" })
	void anExchangeTimeoutIsLiteral(Form form) throws Exception {
		endsInSpiteOfProgress(form, CallOptions.builder().exchangeTimeout(SILENCE).build(), "exchangeTimeout");
	}

	private static void endsInSpiteOfProgress(Form form, CallOptions options, String named) throws Exception {
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, request(server, form, options));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			Thread taking = new Thread(() -> catchThrowable(() -> takeAtLeisure(connection)));
			taking.start();
			assertThat(timeout(call)).hasMessageContaining(named);
			connection.close();
			taking.join();
		}
	}

	/** No response timeout at all is literal too: then nothing ends a silent call. */
	@ParameterizedTest
	@EnumSource(names = { "BLOCKING_STREAM", "ASYNC_PUBLISHER" })
	void anExplicitZeroMeansNoLimit(Form form) throws Exception {
		try (Http2Transport transport = Transports
			.cleartext((options) -> options.progressTimeout(Duration.ofMillis(300)).responseTimeout(Duration.ZERO));
				ScriptedServer server = ScriptedServer.start()) {
			CompletableFuture<Http2Response> call = form.send(transport, request(server, form, CallOptions.defaults()));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			assertThat(catchThrowable(() -> call.get(1_500, TimeUnit.MILLISECONDS)))
				.isInstanceOf(java.util.concurrent.TimeoutException.class);
			connection.respond(1, 204);
			assertThat(call.get(20, TimeUnit.SECONDS).status()).isEqualTo(204);
		}
	}

	private static Http2TimeoutException timeout(CompletableFuture<Http2Response> call) {
		Throwable failure = catchThrowable(() -> call.get(20, TimeUnit.SECONDS));
		assertThat(failure).isInstanceOf(ExecutionException.class);
		assertThat(failure.getCause()).isInstanceOf(Http2TimeoutException.class);
		return (Http2TimeoutException) failure.getCause();
	}

	private static Http2Request request(ScriptedServer server, Form form, CallOptions options) {
		return Http2Request.builder("POST", server.uri("/")).body(form.body(CONTENT)).options(options).build();
	}

	/** Gives credit for one frame at a time, at a steady pace. */
	private static void takeAtLeisure(ScriptedConn connection) {
		boolean end = false;
		while (!end) {
			ClientFrame.Data data = connection.await(ClientFrame.Data.class);
			end = data.endStream();
			pause();
			if (data.octets().length > 0) {
				connection.windowUpdate(0, data.octets().length);
				connection.windowUpdate(1, data.octets().length);
			}
		}
	}

	/** The pace is what the server does here. */
	private static void pause() {
		try {
			TimeUnit.MILLISECONDS.sleep(PACE_MILLIS);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
