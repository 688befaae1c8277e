package io.github.h2transport.faults;

import java.io.IOException;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** nginx sends a configured value octet by octet, white space and all. */
@Timeout(60)
class WhitespaceAroundValuesRealServerTests {

	@Test
	void whatNginxIsConfiguredToSendFailsUnlessItIsTrimmed() throws IOException {
		try (RealServer nginx = RealServer.nginx().arguments("add_header X-Odd \"v \" always;").start();
				Http2Transport strict = Transports.cleartext();
				Http2Transport trimming = Transports.cleartext((options) -> options.trimFieldValues(true))) {
			Http2Request request = Http2Request.get(nginx.uri("/"));

			assertThatExceptionOfType(StreamException.class).isThrownBy(() -> strict.roundTrip(request))
				.withMessageContaining("h2.transport.trim-field-values");

			try (Http2Response response = trimming.roundTrip(request)) {
				assertThat(response.headers().get("x-odd")).isEqualTo("v");
			}
		}
	}

}
