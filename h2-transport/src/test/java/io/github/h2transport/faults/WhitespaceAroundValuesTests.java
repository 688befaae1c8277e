package io.github.h2transport.faults;

import java.util.function.Consumer;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.StreamException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 8.2.1 forbids white space around field values, and applications send
 * it all the same.
 */
@Timeout(60)
class WhitespaceAroundValuesTests {

	private static final Consumer<TransportOptions.Builder> STRICT = (options) -> {
	};

	private static final Consumer<TransportOptions.Builder> TRIMMING = (options) -> options.trimFieldValues(true);

	@ParameterizedTest
	@ValueSource(strings = { "v ", " v", "\tv\t", " " })
	void isAFailureOfTheCallThatNamesTheOption(String value) {
		try (ScriptedServer server = ScriptedServer.start(); Http2Transport transport = Transports.cleartext(STRICT)) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respond(1, 200, "x-odd", value);

			assertThat(call.failure(StreamException.class)).hasMessageContaining("'x-odd'")
				.hasMessageContaining("h2.transport.trim-field-values");

			assertThat(connection.awaitReset(1)).isEqualTo(ErrorCode.PROTOCOL_ERROR);
			Call<String> next = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			connection.awaitHead();
			connection.respond(3, 200);
			assertThat(next.result()).isEqualTo("200");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "v ", " v", "\tv\t", "v" })
	void isRemovedIfToldSoEachTime(String value) {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Transports.cleartext(TRIMMING)) {
			ScriptedConn connection = null;
			for (int id = 1; id < 7; id += 2) {
				Call<String> call = Call.of(() -> {
					try (Http2Response response = transport.roundTrip(Http2Request.get(server.uri("/")))) {
						return "[" + response.headers().get("x-odd") + "]";
					}
				});
				connection = (connection != null) ? connection : server.greeted();
				connection.awaitHead();
				connection.respond(id, 200, "x-odd", value);

				assertThat(call.result()).isEqualTo("[v]");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "v\r\n", "\nv", " v\0" })
	void otherOctetsAreRefusedInAnyCase(String value) {
		try (ScriptedServer server = ScriptedServer.start();
				Http2Transport transport = Transports.cleartext(TRIMMING)) {
			Call<String> call = Call.of(() -> Transports.exchange(transport, Http2Request.get(server.uri("/"))));
			ScriptedConn connection = server.greeted();
			connection.awaitHead();
			connection.respond(1, 200, "x-odd", value);

			assertThat(call.failure(StreamException.class)).hasMessageContaining("'x-odd'");
		}
	}

}
