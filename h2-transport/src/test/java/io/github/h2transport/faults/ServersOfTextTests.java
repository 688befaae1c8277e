package io.github.h2transport.faults;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.RawPeer;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Something that is no HTTP/2 server answers on the port, in words. */
@Timeout(60)
class ServersOfTextTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			HTTP/1.1 400 Bad Request     | The server answered in HTTP/1.1
			HTTP/1.0 200 OK              | The server answered in HTTP/1.1
			<!DOCTYPE html><html></html> | The server answered "<!DOCTYPE..."
			<html><body>Hello            | The server answered "<html><bo..."
			SSH-2.0-OpenSSH_9.2p1        | The server answered "SSH-2.0-O..."
			""")
	void anAnswerInWordsIsQuotedInWords(String answer, String words) {
		try (RawPeer peer = RawPeer.start((socket) -> say(socket, answer));
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder().allowHttp(true).build())
					.build()) {
			Http2Exception failure = Call
				.of(() -> transport.roundTrip(Http2Request.get(URI.create("http://127.0.0.1:" + peer.port() + "/"))))
				.failure(Http2Exception.class);

			assertThat(failure).hasMessageContaining(words)
				.hasMessageContaining("it does not speak HTTP/2 on this port");
			assertThat(failure.lastFrames()).noneMatch((line) -> line.contains("<< 0x5") || line.contains("<< 0x3"));
		}
	}

	private static void say(Socket socket, String answer) throws IOException {
		socket.getInputStream().readNBytes(24);
		socket.getOutputStream().write((answer + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
	}

}
