package io.github.h2transport.spring.faults;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;

import org.jspecify.annotations.Nullable;

/**
 * A server of HTTP/1.1 that shows each request as it came over the wire, with the case of
 * its field names and the framing of its content, and answers by the path.
 */
final class RecordingHttp1Server implements AutoCloseable {

	private final ServerSocket listener;

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final List<String> seen = new CopyOnWriteArrayList<>();

	RecordingHttp1Server() {
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		daemon("http1-accept", this::accept);
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.listener.getLocalPort() + path);
	}

	/** Returns what came since the last time. */
	List<String> takeSeen() {
		List<String> taken = List.copyOf(this.seen);
		this.seen.clear();
		return taken;
	}

	private static void daemon(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		try {
			while (!this.listener.isClosed()) {
				Socket socket = this.listener.accept();
				this.open.add(socket);
				daemon("http1-connection", () -> serve(socket));
			}
		}
		catch (IOException ex) {
			// Closed.
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			InputStream in = new BufferedInputStream(socket.getInputStream());
			Request request = Request.read(in);
			while (request != null) {
				this.seen.add(request.toString());
				answer(request, socket);
				request = Request.read(in);
			}
		}
		catch (IOException ex) {
			// The client has gone, or was sent away.
		}
		finally {
			this.open.remove(socket);
		}
	}

	private void answer(Request request, Socket socket) throws IOException {
		OutputStream out = socket.getOutputStream();
		String path = request.path();
		if (path.startsWith("/status/")) {
			int status = Integer.parseInt(path.substring("/status/".length()));
			boolean empty = status == 204 || status == 304;
			head(out, status + " Of Its Own", empty ? "" : "Content-Length: 7\r\n");
			body(request, out, empty ? "" : "trouble");
		}
		else if (path.startsWith("/redirect/")) {
			String[] to = path.substring("/redirect/".length()).split("/");
			head(out, to[0] + " Elsewhere", "Location: /" + to[1] + "\r\nContent-Length: 0\r\nSet-Cookie: hop=1\r\n");
		}
		else {
			named(request, path, socket, out);
		}
		out.flush();
	}

	private static void named(Request request, String path, Socket socket, OutputStream out) throws IOException {
		switch (path) {
			case "/text", "/echo", "/sink" -> {
				String answer = path.equals("/echo") ? request.content : "hello";
				head(out, "200 Fine", "Content-Type: text/plain\r\nX-Mixed-Case: One\r\nx-mixed-case: Two\r\n"
						+ "Content-Length: " + answer.length() + "\r\n");
				body(request, out, answer);
			}
			case "/chunked" -> {
				head(out, "200 OK", "Transfer-Encoding: chunked\r\n");
				body(request, out, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
			}
			case "/gzip" -> gzip(request, "200 OK", request.accepts("gzip"), out);
			case "/gzip-always" -> gzip(request, "200 OK", true, out);
			case "/gzip-error" -> gzip(request, "409 Conflict", request.accepts("gzip"), out);
			case "/cookies" -> {
				head(out, "200 OK",
						"Set-Cookie: session=1; Path=/; HttpOnly\r\nSet-Cookie: theme=dark\r\nContent-Length: 2\r\n");
				body(request, out, "ok");
			}
			case "/events" -> {
				head(out, "200 OK", "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n");
				for (String event : List.of("data: one\n\n", "data: two\n\n", "data: three\n\n")) {
					body(request, out, Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
					out.flush();
				}
				body(request, out, "0\r\n\r\n");
			}
			case "/large" -> {
				head(out, "200 OK", "Content-Length: 1048576\r\n");
				body(request, out, "x".repeat(1024 * 1024));
			}
			case "/until-close" -> {
				head(out, "200 OK", "Connection: close\r\n");
				body(request, out, "all of it");
				throw new EOFException();
			}
			case "/reset" -> {
				socket.setSoLinger(true, 0);
				throw new EOFException();
			}
			case "/no-answer" -> throw new EOFException();
			case "/cut" -> {
				head(out, "200 OK", "Content-Length: 100\r\n");
				body(request, out, "not all");
				out.flush();
				throw new EOFException();
			}
			case "/garbage" -> {
				out.write("SMTP ready\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				out.flush();
				throw new EOFException();
			}
			case "/stops" -> {
				head(out, "200 OK", "Content-Length: 100\r\n");
				body(request, out, "not all");
			}
			// The client has to give up.
			case "/silent" -> {
			}
			default -> head(out, "404 Nowhere", "Content-Length: 0\r\n");
		}
	}

	private static void head(OutputStream out, String status, String fields) throws IOException {
		out.write(("HTTP/1.1 " + status + "\r\n" + fields + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
	}

	private static void body(Request request, OutputStream out, String content) throws IOException {
		if (!request.line.startsWith("HEAD ")) {
			out.write(content.getBytes(StandardCharsets.ISO_8859_1));
		}
	}

	private static void gzip(Request request, String status, boolean encode, OutputStream out) throws IOException {
		byte[] content = "hello hello hello hello".getBytes(StandardCharsets.US_ASCII);
		if (encode) {
			ByteArrayOutputStream encoded = new ByteArrayOutputStream();
			try (GZIPOutputStream to = new GZIPOutputStream(encoded)) {
				to.write(content);
			}
			content = encoded.toByteArray();
		}
		head(out, status, (encode ? "Content-Encoding: gzip\r\n" : "") + "Content-Length: " + content.length + "\r\n");
		body(request, out, new String(content, StandardCharsets.ISO_8859_1));
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			for (Socket socket : this.open) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** One request as it came over the wire. */
	private static final class Request {

		/** Fields that clients add in a case of their own. */
		private static final Set<String> HABITS = Set.of("accept", "cookie", "accept-encoding");

		private static final Set<String> UNSHOWN = Set.of("host", "content-length", "transfer-encoding", "user-agent",
				"http2-settings", "upgrade");

		private final String line;

		private final Map<String, List<String>> fields = new TreeMap<>();

		private String framing = "no content";

		private String content = "";

		private Request(String line) {
			this.line = line;
		}

		/** Returns {@code null} if the client has closed the connection. */
		private static @Nullable Request read(InputStream in) throws IOException {
			String line = line(in);
			if (line.split(" ").length < 3) {
				return null;
			}
			Request request = new Request(line);
			for (String field = line(in); !field.isEmpty(); field = line(in)) {
				int colon = field.indexOf(':');
				request.fields.computeIfAbsent(field.substring(0, colon), (name) -> new ArrayList<>())
					.add(field.substring(colon + 1).trim());
			}
			request.readContent(in);
			return request;
		}

		private void readContent(InputStream in) throws IOException {
			String length = field("content-length");
			if (length != null) {
				this.framing = "length " + length;
				this.content = octets(in, Integer.parseInt(length));
			}
			else if (field("transfer-encoding") != null) {
				this.framing = "chunks";
				StringBuilder all = new StringBuilder();
				for (int size = size(in); size > 0; size = size(in)) {
					all.append(octets(in, size));
					line(in);
				}
				line(in);
				this.content = all.toString();
			}
		}

		private static int size(InputStream in) throws IOException {
			String size = line(in).trim();
			if (size.isEmpty()) {
				throw new EOFException();
			}
			return Integer.parseInt(size, 16);
		}

		private static String octets(InputStream in, int count) throws IOException {
			byte[] octets = in.readNBytes(count);
			if (octets.length < count) {
				throw new EOFException();
			}
			return new String(octets, StandardCharsets.ISO_8859_1);
		}

		private static String line(InputStream in) throws IOException {
			StringBuilder line = new StringBuilder();
			for (int octet = in.read(); octet != '\n' && octet >= 0; octet = in.read()) {
				if (octet != '\r') {
					line.append((char) octet);
				}
			}
			return line.toString();
		}

		private String path() {
			return this.line.split(" ")[1];
		}

		private @Nullable String field(String name) {
			return this.fields.entrySet()
				.stream()
				.filter((field) -> field.getKey().equalsIgnoreCase(name))
				.map((field) -> field.getValue().get(0))
				.findFirst()
				.orElse(null);
		}

		private boolean accepts(String encoding) {
			String accepted = field("accept-encoding");
			return accepted != null && accepted.toLowerCase(Locale.ROOT).contains(encoding);
		}

		/**
		 * Without what differs each time, what the framing says, and what is meant to
		 * differ: the user agent, and the JDK's offer to upgrade to HTTP/2.
		 */
		@Override
		public String toString() {
			Map<String, List<String>> shown = new TreeMap<>();
			this.fields.forEach((name, values) -> shown
				.put(HABITS.contains(name.toLowerCase(Locale.ROOT)) ? name.toLowerCase(Locale.ROOT) : name, values));
			shown.keySet().removeIf((name) -> UNSHOWN.contains(name.toLowerCase(Locale.ROOT)));
			shown.values().removeIf((values) -> values.get(0).startsWith("Upgrade"));
			String type = field("content-type");
			int boundary = (type != null) ? type.indexOf("boundary=") : -1;
			String text = this.line + "\n  " + shown + "\n  "
					+ ((boundary >= 0) ? this.framing.split(" ")[0] : this.framing) + " [" + this.content + "]";
			return (boundary < 0) ? text : text
				.replace(type.substring(boundary + "boundary=".length()).replace("\"", "").split(";")[0], "BOUNDARY");
		}

	}

}
