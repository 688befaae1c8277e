package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.conn.Session.Kind;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.peer.PeerCodec;
import io.github.h2transport.testkit.peer.PeerFrame;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.goAway;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.PeerFrame.ping;
import static io.github.h2transport.testkit.peer.PeerFrame.rstStream;
import static io.github.h2transport.testkit.peer.PeerFrame.settings;
import static io.github.h2transport.testkit.peer.PeerFrame.settingsAck;
import static io.github.h2transport.testkit.peer.PeerFrame.windowUpdate;

/** A set of sessions that shows most of what servers do, right and wrong. */
final class Sessions {

	private static final byte PADDED_HEADERS_WITH_PRIORITY = 0x2c;

	private final PeerCodec codec = new PeerCodec();

	private final List<Session.Step> steps = new ArrayList<>();

	/** Begins with the server's preface (RFC 9113 section 3.4). */
	private Sessions(long... settings) {
		server(settings(settings), settingsAck());
	}

	static List<Session> all() {
		List<Session> all = new ArrayList<>();
		all.addAll(answers());
		all.addAll(settingsAndControl());
		all.addAll(ends());
		all.addAll(malformed());
		return all;
	}

	private static List<Session> answers() {
		Sessions headers = new Sessions();
		for (int i = 0; i < 6; i++) {
			int id = 1 + 2 * i;
			headers.call(Kind.GET)
				.server(headers(id).status(200)
					.with("x-same", "value that comes again")
					.with("x-" + i, "value " + i)
					.with("set-cookie", "id=" + i)
					.with("content-length", "3"), data(id, "abc").endStream());
		}
		return List.of(
				new Sessions().call(Kind.GET)
					.server(headers(1).status(200).with("content-type", "text/plain").with("content-length", "5"),
							data(1, "he"), data(1, "llo").endStream())
					.named("get"),
				new Sessions().call(Kind.POST_WITH_TRAILERS)
					.server(headers(1).status(201), data(1, "made"), headers(1).with("x-sum", "17").endStream())
					.named("post and answer with trailers"),
				new Sessions().call(Kind.GET)
					.server(headers(1).status(103).with("link", "</a.css>"), headers(1).status(103),
							headers(1).status(200), data(1, "late").endStream())
					.named("103"),
				new Sessions().call(Kind.EXPECTING_POST)
					.server(headers(1).status(100))
					.server(headers(1).status(200).endStream())
					.named("100"),
				new Sessions().call(Kind.EXPECTING_POST).server(headers(1).status(417).endStream()).named("417"),
				new Sessions().call(Kind.HEAD)
					.server(headers(1).status(200).with("content-length", "1000").endStream())
					.named("head"),
				new Sessions().call(Kind.GET)
					.call(Kind.GET)
					.server(headers(1).status(204).endStream(),
							headers(3).status(304).with("content-length", "9").endStream())
					.named("204 and 304"),
				headers.named("a dynamic table that fills"),
				new Sessions().call(Kind.GET)
					.call(Kind.GET)
					.call(Kind.UNREAD_GET)
					.server(headers(5).status(200), headers(1).status(200), data(5, "fi"), data(1, "on"),
							headers(3).status(200).endStream(), data(1, "e").endStream(), data(5, "ve").endStream())
					.named("three at once"),
				new Sessions().call(Kind.GET)
					.server(headers(1).status(200), data(1, "padded").padded(1), data(1, 0).padded(200),
							data(1, "!").padded(256).endStream())
					.named("padding"),
				new Sessions().call(Kind.GET).bigBody(1, 300_000).named("big body"),
				new Sessions().call(Kind.UNREAD_GET).bigBody(1, 60_000).named("big body that nobody reads"),
				new Sessions().call(Kind.GET)
					.frame(0x1, 0x0, 1, 0x88)
					.frame(0x9, 0x0, 1, 0x0f, 0x0d, 0x02)
					.frame(0x9, 0x4, 1, '1', '2')
					.server(data(1, "twelve octet").endStream())
					.named("continuation"),
				new Sessions().call(Kind.GET)
					.frame(0x1, PADDED_HEADERS_WITH_PRIORITY, 1, 3, 0, 0, 0, 0, 15, 0x88, 0, 0, 0)
					.frame(0x2, 0, 1, 0, 0, 0, 0, 15)
					.frame(0xfa, 0xff, 1, 1, 2, 3)
					.server(data(1, "x").endStream())
					.named("padded headers, priority and unknown frames"));
	}

	private static List<Session> settingsAndControl() {
		return List.of(
				new Sessions(Settings.INITIAL_WINDOW_SIZE, 10, Settings.MAX_CONCURRENT_STREAMS, 5).call(Kind.POST)
					.server(windowUpdate(1, 5))
					.server(settings(Settings.INITIAL_WINDOW_SIZE, 0))
					.server(settings(Settings.INITIAL_WINDOW_SIZE, 1000), windowUpdate(0, 1))
					.server(headers(1).status(200).endStream())
					.named("windows of a request"),
				new Sessions().call(Kind.LARGE_POST)
					.server(windowUpdate(0, 100_000), windowUpdate(1, 100_000))
					.server(headers(1).status(200).endStream())
					.named("large request"),
				new Sessions().call(Kind.LARGE_POST)
					.server(headers(1).status(413), data(1, "no").endStream())
					.named("refused while it is sent"),
				new Sessions().call(Kind.LARGE_POST)
					.server(headers(1).status(413), data(1, "no").endStream())
					.server(rstStream(1, ErrorCode.NO_ERROR))
					.named("refused and reset while it is sent"),
				new Sessions(Settings.HEADER_TABLE_SIZE, 0).call(Kind.GET)
					.server(headers(1).status(200).endStream(), settings(Settings.HEADER_TABLE_SIZE, 100),
							settings(Settings.MAX_FRAME_SIZE, 20_000))
					.frame(0x4, 0, 0, 0xfa, 0xfa, 0, 0, 0, 7)
					.call(Kind.POST)
					.server(headers(3).status(200).endStream())
					.named("settings"),
				new Sessions().server(ping(1))
					.call(Kind.GET)
					.server(ping(2), headers(1).status(200), ping(3), data(1, "p").endStream())
					.named("ping"));
	}

	private static List<Session> ends() {
		return List.of(
				new Sessions().call(Kind.GET)
					.call(Kind.GET)
					.call(Kind.GET)
					.server(goAway(3, ErrorCode.NO_ERROR), headers(1).status(200), data(1, "a").endStream())
					.server(headers(3).status(200).endStream())
					.named("goaway"),
				new Sessions().call(Kind.GET)
					.server(goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR), ping(9))
					.server(goAway(1, ErrorCode.NO_ERROR), headers(1).status(200).endStream())
					.named("goaway in two steps"),
				new Sessions().call(Kind.GET)
					.call(Kind.POST)
					.call(Kind.GET)
					.server(rstStream(1, ErrorCode.REFUSED_STREAM), headers(3).status(200), data(3, "cut"),
							rstStream(3, ErrorCode.INTERNAL_ERROR), headers(5).status(200).endStream())
					.named("reset streams"),
				new Sessions().call(Kind.GET)
					.call(Kind.GET)
					.leave(0)
					.server(headers(1).status(200).with("x-late", "but decoded"), data(1, "late").endStream(),
							headers(3).status(200).with("x-late", "but decoded").endStream())
					.named("a caller that leaves"),
				new Sessions().call(Kind.GET)
					.server(headers(1).status(200), data(1, "half"))
					.endOfInput()
					.named("a connection that breaks"));
	}

	private static List<Session> malformed() {
		return List.of(
				twoCalls().server(headers(1).status(200).with("Upper", "x"), data(1, "dropped").endStream())
					.second()
					.named("upper case"),
				twoCalls().server(headers(1).with("x-no", "status")).second().named("no status"),
				twoCalls().server(headers(1).status(200).with("content-length", "2"), data(1, "three"))
					.second()
					.named("more than content-length"),
				twoCalls().server(headers(1).status(200).with("content-length", "9"), data(1, "four").endStream())
					.second()
					.named("less than content-length"),
				twoCalls().server(data(1, "early")).second().named("data before headers"),
				twoCalls().server(headers(1).status(200), headers(1).with("x", "y")).second().named("open trailers"),
				twoCalls().frame(0x8, 0, 1, 0, 0, 0, 0).second().named("window update by 0"),
				twoCalls().server(windowUpdate(1, Integer.MAX_VALUE))
					.second()
					.named("window of a stream beyond 2^31-1"),
				twoCalls().server(windowUpdate(0, Integer.MAX_VALUE)).second().named("window beyond 2^31-1"),
				twoCalls().frame(0x1, 0x4, 1, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff).named("undecodable headers"),
				twoCalls().frame(0x5, 0x4, 1, 0, 0, 0, 2, 0x82).named("push"),
				twoCalls().frame(0x6, 0, 0, 1, 2, 3).named("short ping"),
				twoCalls().server(data(8, "even")).named("idle stream"),
				twoCalls().server(headers(1).status(200).endStream(), data(1, "more")).named("data after the end"));
	}

	private static Sessions twoCalls() {
		return new Sessions().call(Kind.GET).call(Kind.GET);
	}

	private Sessions second() {
		return server(headers(3).status(200), data(3, "unhurt").endStream());
	}

	private Sessions call(Kind kind) {
		this.steps.add(new Session.Begin(kind));
		return this;
	}

	private Sessions leave(int call) {
		this.steps.add(new Session.Leave(call));
		return this;
	}

	private Sessions endOfInput() {
		this.steps.add(new Session.EndOfInput());
		return this;
	}

	private Sessions server(PeerFrame... frames) {
		return octets(this.codec.write(frames));
	}

	private Sessions bigBody(int streamId, int length) {
		server(headers(streamId).status(200).with("content-length", String.valueOf(length)));
		byte[] body = new byte[length];
		for (int i = 0; i < length; i++) {
			body[i] = (byte) (i * 31 >> 3);
		}
		for (int from = 0; from < length; from += 16_384) {
			int to = Math.min(length, from + 16_384);
			PeerFrame frame = data(streamId, Arrays.copyOfRange(body, from, to));
			server((to == length) ? frame.endStream() : frame);
		}
		return this;
	}

	/** A frame as it is, with whatever is wrong with it. */
	private Sessions frame(int type, int flags, int streamId, int... payload) {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		for (int octet : new int[] { 0, payload.length >> 8, payload.length, type, flags, 0, 0, 0, streamId }) {
			frame.write(octet);
		}
		for (int octet : payload) {
			frame.write(octet);
		}
		return octets(frame.toByteArray());
	}

	private Sessions octets(byte[] octets) {
		this.steps.add(new Session.Octets(octets));
		return this;
	}

	private Session named(String name) {
		return new Session(name, List.copyOf(this.steps));
	}

}
