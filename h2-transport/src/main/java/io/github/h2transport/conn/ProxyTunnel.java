package io.github.h2transport.conn;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.h2transport.ProxySettings;
import io.github.h2transport.protocol.Excerpt;

/**
 * Asks an HTTP/1.1 proxy for a tunnel (RFC 9110 section 9.3.6) and waits for its answer.
 * Nothing of a request goes out before the tunnel stands, and nothing is read beyond the
 * answer's end, for that is the server's already. Owned by the loop.
 */
final class ProxyTunnel {

	/**
	 * The most octets of an answer, interim ones included; proxies say a few hundred.
	 */
	static final int MAX_ANSWER = 8 * 1024;

	/** What an answer begins with, of whatever minor version (RFC 9112 section 2.3). */
	private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

	private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[0-9] ([0-9]{3})(?: .*)?");

	private static final int AUTHENTICATION_REQUIRED = 407;

	/** RFC 9110 section 5.6.2. */
	private static final Pattern SCHEME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private final ProxySettings proxy;

	private final ByteBuffer request;

	private final byte[] answer = new byte[MAX_ANSWER];

	/** One octet at a time: what is behind the answer's end must stay in the socket. */
	private final ByteBuffer octet = ByteBuffer.allocateDirect(1);

	/** Where the current answer begins; before it are interim ones. */
	private int start;

	private int length;

	/**
	 * Prepares a request.
	 * @param authority host and port that the tunnel is to lead to
	 * @param proxy the proxy
	 */
	ProxyTunnel(String authority, ProxySettings proxy) {
		this.proxy = proxy;
		StringBuilder head = new StringBuilder();
		head.append("CONNECT ").append(authority).append(" HTTP/1.1\r\nHost: ").append(authority).append("\r\n");
		String authorization = proxy.authorization();
		if (authorization != null) {
			head.append("Proxy-Authorization: ").append(authorization).append("\r\n");
		}
		this.request = ByteBuffer.wrap(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Writes and reads as far as the channel allows.
	 * @param channel a channel that does not block
	 * @return whether the tunnel stands
	 * @throws RefusedException if the proxy answers otherwise
	 * @throws IOException if the channel fails or ends
	 */
	boolean advance(ByteChannel channel) throws IOException {
		if (this.request.hasRemaining()) {
			channel.write(this.request);
		}
		for (;;) {
			int count = channel.read(this.octet.clear());
			if (count == 0) {
				return false;
			}
			if (count < 0) {
				throw new EOFException("the proxy closed the connection before it answered");
			}
			if (this.length == MAX_ANSWER) {
				throw new RefusedException("its answer has more than " + MAX_ANSWER + " octets");
			}
			this.answer[this.length++] = this.octet.get(0);
			if (isComplete() && stands()) {
				return true;
			}
		}
	}

	/** Whether part of the request waits for the socket to take it. */
	boolean wantsToWrite() {
		return this.request.hasRemaining();
	}

	/** Whether the head has come to its empty line; a line may end without CR. */
	private boolean isComplete() throws RefusedException {
		int position = this.length - 1 - this.start;
		if (position < VERSION.length && this.answer[this.length - 1] != VERSION[position]) {
			throw new RefusedException("it does not answer as an HTTP/1.1 proxy does, but with "
					+ Excerpt.of(text(this.start, this.length)));
		}
		if (this.answer[this.length - 1] != '\n') {
			return false;
		}
		int before = this.length - 2;
		if (before >= this.start && this.answer[before] == '\r') {
			before--;
		}
		return before >= this.start && this.answer[before] == '\n';
	}

	private boolean stands() throws RefusedException {
		String head = text(this.start, this.length);
		String line = head.lines().findFirst().orElse("");
		Matcher status = STATUS_LINE.matcher(line);
		if (!status.matches()) {
			throw new RefusedException("its answer " + Excerpt.of(line) + " is no status line of HTTP/1.1");
		}
		int code = Integer.parseInt(status.group(1));
		if (code >= 100 && code < 200) {
			// Interim; the final answer follows (RFC 9110 section 15.2).
			this.start = this.length;
			return false;
		}
		if (code >= 200 && code < 300) {
			// It has no content, whatever its fields say (RFC 9110 section 9.3.6).
			return true;
		}
		throw new RefusedException("it answered " + Excerpt.of(line) + advice(code, head));
	}

	private String advice(int code, String head) {
		if (code != AUTHENTICATION_REQUIRED) {
			return "";
		}
		String offered = head.lines()
			.filter((field) -> field.toLowerCase(Locale.ROOT).startsWith("proxy-authenticate:"))
			.map((field) -> field.substring(field.indexOf(':') + 1).trim().split(" ", 2)[0])
			.filter((scheme) -> SCHEME.matcher(scheme).matches())
			.reduce((one, other) -> one + ", " + other)
			.map((schemes) -> "; it offers " + Excerpt.unquoted(schemes) + ", of which only Basic is supported")
			.orElse("");
		return (this.proxy.username() != null)
				? ": the user name and the password were sent (Basic) and not accepted" + offered
				: ": it wants a user name and a password, set h2.transport.proxy.username and "
						+ "h2.transport.proxy.password, or ProxySettings.withCredentials" + offered;
	}

	private String text(int from, int to) {
		return new String(this.answer, from, to - from, StandardCharsets.ISO_8859_1);
	}

	/** The proxy has answered, and there is no tunnel. */
	static final class RefusedException extends IOException {

		private static final long serialVersionUID = 1L;

		RefusedException(String message) {
			super(message);
		}

	}

}
