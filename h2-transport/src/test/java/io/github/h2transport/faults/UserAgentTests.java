package io.github.h2transport.faults;

import java.util.function.Consumer;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** RFC 9110 section 10.1.5: a client should say what it is; some services insist. */
@Timeout(60)
class UserAgentTests {

	private static @Nullable String sent(Consumer<TransportOptions.Builder> options, Headers headers, boolean async) {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext(options)) {
			Http2Request request = Http2Request.builder("GET", server.uri("/")).headers(headers).build();
			Call<Integer> call = Call
				.of(() -> (async ? transport.roundTripAsync(request).get() : transport.roundTrip(request)).status());
			ScriptedConn connection = server.greeted();
			Headers fields = connection.awaitHead().fields();
			connection.respond(1, 200);
			assertThat(call.result()).isEqualTo(200);
			assertThat(fields.all("user-agent")).hasSizeLessThanOrEqualTo(1);
			return fields.get("user-agent");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aRequestSaysWhatSendsIt(boolean async) {
		assertThat(sent((options) -> {
		}, Headers.empty(), async)).matches("h2-transport(/[0-9A-Za-z.-]+)?");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void itsOwnFieldWins(boolean async) {
		assertThat(sent((options) -> {
		}, Headers.of("User-Agent", "me/1"), async)).isEqualTo("me/1");
	}

	@Test
	void theOptionReplacesIt() {
		assertThat(sent((options) -> options.userAgent("me/2 (test)"), Headers.empty(), false))
			.isEqualTo("me/2 (test)");
	}

	@Test
	void anEmptyOptionRemovesIt() {
		assertThat(sent((options) -> options.userAgent(""), Headers.empty(), false)).isNull();
		assertThat(sent((options) -> options.userAgent(""), Headers.of("User-Agent", "me/1"), false)).isEqualTo("me/1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nb", " a", "a ", "\u00e4", "a\0" })
	void whatCannotBeSentIsRefused(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> TransportOptions.builder().userAgent(value))
			.withMessageContaining("userAgent must");
	}

}
