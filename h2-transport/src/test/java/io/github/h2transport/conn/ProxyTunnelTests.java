package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;

import io.github.h2transport.ProxySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * CONNECT, by RFC 9110 section 9.3.6, and what proxies may answer.
 */
class ProxyTunnelTests {

	private static final ProxySettings PROXY = ProxySettings.of("proxy.example", 3128);

	private final Memory channel = new Memory();

	@Test
	void theRequestNamesTheTargetAndNothingElse() throws IOException {
		assertThat(new ProxyTunnel("example.com:443", PROXY).advance(this.channel)).isFalse();

		assertThat(this.channel.written())
			.isEqualTo("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
	}

	@Test
	void credentialsAreSentByTheBasicScheme() throws IOException {
		// RFC 7617 section 2: the example.
		new ProxyTunnel("example.com:443", PROXY.withCredentials("Aladdin", "open sesame")).advance(this.channel);

		assertThat(this.channel.written()).contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
	}

	@Test
	void aSlowSocketTakesTheRequestInPieces() throws IOException {
		ProxyTunnel tunnel = new ProxyTunnel("example.com:443", PROXY);
		this.channel.room = 10;

		assertThat(tunnel.advance(this.channel)).isFalse();
		assertThat(tunnel.wantsToWrite()).isTrue();
		this.channel.room = 1_000;
		assertThat(tunnel.advance(this.channel)).isFalse();
		assertThat(tunnel.wantsToWrite()).isFalse();
		assertThat(this.channel.written()).startsWith("CONNECT example.com:443 HTTP/1.1\r\n").endsWith("\r\n\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n",
			"HTTP/1.1 204\r\n\r\n", "HTTP/1.1 299 \r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
			"HTTP/1.1 200 OK\nA: b\n\n",
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" })
	void aSuccessOpensTheTunnelAndWhatFollowsIsTheServers(String answer) throws IOException {
		this.channel.arrives(answer + "server's");

		assertThat(new ProxyTunnel("example.com:443", PROXY).advance(this.channel)).isTrue();

		assertThat(this.channel.unread()).isEqualTo("server's");
	}

	@Test
	void theAnswerMayDripOctetByOctet() throws IOException {
		ProxyTunnel tunnel = new ProxyTunnel("example.com:443", PROXY);
		String answer = "HTTP/1.1 200 OK\r\nVia: 1.1 x\r\n\r\n";

		for (int i = 0; i < answer.length() - 1; i++) {
			this.channel.arrives(answer.substring(i, i + 1));
			assertThat(tunnel.advance(this.channel)).isFalse();
		}
		this.channel.arrives("\n");
		assertThat(tunnel.advance(this.channel)).isTrue();
	}

	@Test
	void aRefusalIsQuotedWithoutItsControlCharacters() {
		assertThat(refusal("HTTP/1.1 403 Forbidden\u001b[31m by policy\r\nContent-Length: 100\r\n\r\n"))
			.isEqualTo("it answered 'HTTP/1.1 403 Forbidden\\u001b[31m by policy'");
	}

	@Test
	void aLongRefusalIsShortened() {
		assertThat(refusal("HTTP/1.1 502 " + "x".repeat(5_000) + "\r\n\r\n")).hasSizeLessThan(300)
			.contains("more characters");
	}

	@Test
	void authenticationRequiredSaysWhatToDo() {
		assertThat(refusal("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\n"
				+ "proxy-authenticate: Basic realm=\"a\u001b\"\r\n\r\n"))
			.contains("h2.transport.proxy.username")
			.contains("it offers Negotiate, Basic")
			.doesNotContain("realm");
	}

	@Test
	void refusedCredentialsAreNotNamed() {
		ProxyTunnel tunnel = new ProxyTunnel("example.com:443", PROXY.withCredentials("me", "topsecret"));
		this.channel.arrives("HTTP/1.1 407 No\r\n\r\n");

		assertThatExceptionOfType(ProxyTunnel.RefusedException.class).isThrownBy(() -> tunnel.advance(this.channel))
			.withMessageContaining("not accepted")
			.withMessageNotContaining("topsecret")
			.withMessageNotContaining("me:");
		assertThat(PROXY.withCredentials("me", "topsecret").toString()).isEqualTo("proxy.example:3128");
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-OpenSSH", "HTTP/2.0 200 OK\r\n", "\u0000\u0000\u0012", "<html>", "\r\n\r\n" })
	void whatIsNoHttpProxyIsNoticedByItsFirstOctets(String greeting) {
		assertThat(refusal(greeting)).startsWith("it does not answer as an HTTP/1.1 proxy does");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
			"HTTP/1.1200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n" })
	void aMalformedStatusLineIsNoSuccess(String answer) {
		assertThat(refusal(answer)).contains("is no status line");
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-A: b\r\n", "HTTP/1.1 100 C\r\n\r\n" })
	void anEndlessAnswerIsCutOff(String repeated) {
		String start = repeated.startsWith("HTTP") ? "" : "HTTP/1.1 200 OK\r\n";
		assertThat(refusal(start + repeated.repeat(2_000))).contains("more than 8192 octets");
	}

	@Test
	void anEndBeforeTheAnswerIsTold() {
		this.channel.arrives("HTTP/1.1 200 OK\r\n");
		this.channel.ended = true;

		assertThatExceptionOfType(EOFException.class)
			.isThrownBy(() -> new ProxyTunnel("example.com:443", PROXY).advance(this.channel))
			.withMessageContaining("the proxy closed the connection before it answered");
	}

	private String refusal(String answer) {
		this.channel.arrives(answer);
		try {
			new ProxyTunnel("example.com:443", PROXY).advance(this.channel);
		}
		catch (IOException ex) {
			assertThat(ex).isInstanceOf(ProxyTunnel.RefusedException.class);
			return String.valueOf(ex.getMessage());
		}
		throw new AssertionError("not refused");
	}

	/** A channel that has what has arrived, and takes what there is room for. */
	private static final class Memory implements ByteChannel {

		private final ByteArrayOutputStream written = new ByteArrayOutputStream();

		private String arrived = "";

		private int room = 1_000;

		private boolean ended;

		void arrives(String text) {
			this.arrived += text;
		}

		String written() {
			return this.written.toString(StandardCharsets.ISO_8859_1);
		}

		String unread() {
			return this.arrived;
		}

		@Override
		public int read(ByteBuffer into) {
			if (this.arrived.isEmpty()) {
				return this.ended ? -1 : 0;
			}
			int count = Math.min(into.remaining(), this.arrived.length());
			into.put(this.arrived.substring(0, count).getBytes(StandardCharsets.ISO_8859_1));
			this.arrived = this.arrived.substring(count);
			return count;
		}

		@Override
		public int write(ByteBuffer from) {
			int count = Math.min(this.room, from.remaining());
			for (int i = 0; i < count; i++) {
				this.written.write(from.get());
			}
			return count;
		}

		@Override
		public boolean isOpen() {
			return true;
		}

		@Override
		public void close() {
			// Nothing to close.
		}

	}

}
