package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import io.github.h2transport.StreamException;
import io.github.h2transport.conn.Session.Kind;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.protocol.RequestHead;
import io.github.h2transport.testkit.CapturedLog;
import io.github.h2transport.testkit.peer.PeerCodec;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays a session against a connection in memory and checks what holds for each one,
 * however hostile: every call ends exactly once and in time, with a response or a typed
 * error; the client's frames are legal and errors are told to the peer; nothing is held
 * at the end.
 */
final class SessionPlayer {

	private static final URI TARGET = URI.create("http://example.test/path?query");

	private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration READ_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration EXCHANGE_TIMEOUT = Duration.ofSeconds(100);

	private static final Duration CONTINUE_TIMEOUT = Duration.ofSeconds(1);

	/** More than the longest of them, in ticks. */
	private static final int TICKS = 30;

	private static final Duration TICK = Duration.ofSeconds(4);

	private static final byte[] LARGE = new byte[100_000];

	private final Session session;

	private final ScriptedPeer peer = new ScriptedPeer();

	private final PeerCodec codec = new PeerCodec();

	private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

	private final List<PlayedCall> calls = new ArrayList<>();

	/** How many octets the server has sent. */
	private int delivered;

	/** Where the octets of the server are cut; all of them if negative. */
	private int cutAt;

	private SessionPlayer(Session session, int cutAt) {
		this.session = session;
		this.cutAt = cutAt;
	}

	/** Plays each step in one piece. */
	static Outcome play(Session session) throws Exception {
		return new SessionPlayer(session, Integer.MAX_VALUE).run();
	}

	/** Cuts the octets of the server once. */
	static Outcome playCutAt(Session session, int position) throws Exception {
		return new SessionPlayer(session, position).run();
	}

	/** Octet by octet. */
	static Outcome playOctets(Session session) throws Exception {
		return new SessionPlayer(session, -1).run();
	}

	private Outcome run() throws Exception {
		try (CapturedLog log = CapturedLog.of("io.github.h2transport", Level.WARNING)) {
			this.peer.connect();
			for (Session.Step step : this.session.steps()) {
				play(step);
				this.sent.writeBytes(this.peer.takeOctets());
			}
			List<String> ends = this.calls.stream().map(PlayedCall::toString).toList();
			Http2Exception endedBy = this.peer.connection().driver().ending().endedBy();
			Outcome outcome = new Outcome(ends, this.sent.toByteArray(), words(endedBy));
			letTimePass();
			finish();
			for (LogRecord each : log.records()) {
				checkCauses(each.getThrown());
			}
			return outcome;
		}
	}

	private void play(Session.Step step) throws Exception {
		if (step instanceof Session.Begin begin) {
			begin(begin.kind());
		}
		else if (step instanceof Session.Octets octets) {
			deliver(octets.octets());
		}
		else if (step instanceof Session.Leave leave) {
			if (leave.call() < this.calls.size()) {
				this.calls.get(leave.call()).leave();
			}
		}
		else if (step instanceof Session.Time time) {
			this.peer.advance(Duration.ofMillis(time.millis()));
		}
		else if (step instanceof Session.Room room) {
			if (room.octets() < 0) {
				this.peer.unlimitedRoom();
			}
			else {
				this.peer.room(room.octets());
			}
		}
		else {
			this.peer.endOfInput();
		}
		this.peer.settle();
		for (PlayedCall call : this.calls) {
			call.look();
		}
		this.peer.settle();
	}

	private void deliver(byte[] octets) {
		int from = 0;
		for (int i = 1; i < octets.length; i++) {
			if (this.cutAt < 0 || this.cutAt == this.delivered + i) {
				send(octets, from, i);
				from = i;
			}
		}
		send(octets, from, octets.length);
		this.delivered += octets.length;
	}

	private void send(byte[] octets, int from, int to) {
		byte[] piece = new byte[to - from];
		System.arraycopy(octets, from, piece, 0, piece.length);
		this.peer.sendOctets(piece);
	}

	// ---- callers ----

	private void begin(Kind kind) throws IOException {
		if (!this.peer.connection().tryReserve()) {
			this.calls.add(PlayedCall.turnedAway());
			return;
		}
		Http2Request.Builder request = Http2Request.builder(method(kind), TARGET)
			.headers(Headers.builder().add("accept", "text/plain").add("x-kind", kind.name()).build());
		switch (kind) {
			case POST, POST_WITH_TRAILERS, EXPECTING_POST -> request.body(RequestBody.of("question".getBytes("UTF-8")));
			case LARGE_POST -> request.body(RequestBody.of(LARGE));
			default -> {
			}
		}
		Http2Request whole = request.build();
		long now = this.peer.loop().nanoTime();
		CallTimes times = new CallTimes(now + HEAD_TIMEOUT.toNanos(), READ_TIMEOUT.toNanos(),
				now + EXCHANGE_TIMEOUT.toNanos());
		PlayedCall call = new PlayedCall(kind);
		this.calls.add(call);
		try {
			call.started(this.peer.connection()
				.start(StreamPlan.of(RequestHead.of(whole), whole.body(), times,
						(kind == Kind.POST_WITH_TRAILERS) ? () -> Headers.of("x-end", "1") : null,
						(kind == Kind.EXPECTING_POST) ? CONTINUE_TIMEOUT.toNanos() : 0, call)));
		}
		catch (InvalidRequestException ex) {
			// The peer's SETTINGS_MAX_HEADER_LIST_SIZE.
			call.refused(ex);
		}
	}

	private static String method(Kind kind) {
		return switch (kind) {
			case GET, UNREAD_GET -> "GET";
			case HEAD -> "HEAD";
			default -> "POST";
		};
	}

	static CallCancelledException left() {
		return new CallCancelledException("left", null, FailureContext.of(Initiator.CALLER, Phase.IDLE));
	}

	// ---- the end ----

	/** Every call ends by its deadline, whatever the server does. */
	private void letTimePass() {
		for (int i = 0; i < TICKS && this.calls.stream().anyMatch(PlayedCall::isRunning); i++) {
			this.peer.advance(TICK);
			this.calls.forEach(PlayedCall::look);
			this.sent.writeBytes(this.peer.takeOctets());
		}
		for (PlayedCall call : this.calls) {
			assertThat(call.isRunning()).as("still running after its deadline: %s", call).isFalse();
			call.close();
		}
		// What was all but over when it was closed is not waited for any longer.
		this.peer.settle().advance(TICK);
	}

	private void finish() {
		ClientConn connection = this.peer.connection();
		this.peer.unlimitedRoom().settle();
		Http2Exception endedBy = connection.driver().ending().endedBy();
		if (endedBy == null) {
			assertThat(connection.activeStreams()).as("slots in use").isZero();
			if (!this.session.endsMidFrame()) {
				// Otherwise the credit of a frame waits for its rest.
				this.peer.isAtRest();
			}
		}
		this.sent.writeBytes(this.peer.takeOctets());
		List<PeerFrame> frames = List.copyOf(this.codec.read(this.sent.toByteArray()));
		checkFrames(frames);
		checkEnd(endedBy, frames);
		for (PlayedCall call : this.calls) {
			checkCall(call, frames, endedBy);
		}
		connection.close("done");
		this.peer.settle().advance(TICK);
		assertThat(this.peer.isClosed()).as("the socket is closed").isTrue();
		assertThat(this.peer.resources().budget().buffered()).as("octets buffered for readers").isZero();
		assertThat(this.peer.resources().budget().reserved()).as("growth that is still reserved").isZero();
		assertThat(connection.sendHalf().buffer().capacity()).as("the borrowed buffer").isZero();
		assertThat(this.peer.resources().connections()).as("connections that are remembered").isEmpty();
		assertThat(this.peer.loop().hasMember(connection.driver())).as("still on the loop").isFalse();
		checkCauses(this.peer.observer().closedBy());
	}

	/** RFC 9113 section 5.1: nothing follows RST_STREAM, and no content END_STREAM. */
	private static void checkFrames(List<PeerFrame> frames) {
		List<Integer> ended = new ArrayList<>();
		List<Integer> reset = new ArrayList<>();
		boolean goAway = false;
		for (PeerFrame frame : frames) {
			assertThat(goAway && !isOfReaders(frame)).as("%s after GOAWAY", frame).isFalse();
			int id = frame.streamId();
			assertThat(reset).as("%s after RST_STREAM", frame).doesNotContain(id);
			switch (frame.type) {
				case HEADERS, DATA -> {
					assertThat(ended).as("%s after END_STREAM", frame).doesNotContain(id);
					if (frame.endStream) {
						ended.add(id);
					}
				}
				case RST_STREAM -> reset.add(id);
				case GOAWAY -> goAway = frame.code != null && !frame.code.equals(ErrorCode.NO_ERROR);
				default -> {
				}
			}
		}
	}

	/** RFC 9113 section 5.4.1: the last frame says why. */
	private void checkEnd(@Nullable Http2Exception endedBy, List<PeerFrame> frames) {
		if (!this.session.isStalled() && endedBy != null && endedBy.getCause() instanceof ConnectionError error) {
			List<PeerFrame> ends = frames.stream().filter((frame) -> !isOfReaders(frame)).toList();
			PeerFrame last = ends.get(ends.size() - 1);
			assertThat(last.type).as("the last frame").isEqualTo(PeerFrame.Type.GOAWAY);
			assertThat(last.code).isEqualTo(error.code());
		}
	}

	/**
	 * Credit, with the PING that times it, may come between GOAWAY and the end of output.
	 */
	private static boolean isOfReaders(PeerFrame frame) {
		return switch (frame.type) {
			case WINDOW_UPDATE, PING, RST_STREAM -> true;
			default -> false;
		};
	}

	private void checkCall(PlayedCall call, List<PeerFrame> frames, @Nullable Http2Exception endedBy) {
		Throwable failure = call.failure();
		checkCauses(failure);
		boolean forgiven = endedBy != null || this.session.isStalled() || this.session.hasFrame(FrameType.RST_STREAM)
				|| this.session.hasFrame(FrameType.GOAWAY);
		if (!forgiven && failure instanceof StreamException malformed
				&& String.valueOf(malformed.getMessage()).contains("is malformed")) {
			// RFC 9113 section 5.4.2, unless the server has closed the stream itself.
			assertThat(frames).as("the reset of %s", call)
				.anyMatch((frame) -> frame.type == PeerFrame.Type.RST_STREAM && frame.streamId() == call.id()
						&& malformed.context().code() != null && malformed.context().code().equals(frame.code));
		}
		call.checkLength();
	}

	/** An error of ours would hide behind the typed one. */
	static void checkCauses(@Nullable Throwable failure) {
		if (failure != null) {
			assertThat(failure).isInstanceOf(IOException.class);
		}
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof RuntimeException || cause instanceof Error) {
				throw new AssertionError("A failure of our own: " + cause, cause);
			}
		}
	}

	/** What must be the same however the octets come. */
	static String words(@Nullable Throwable failure) {
		if (failure == null) {
			return "none";
		}
		String words = failure.getClass().getSimpleName() + ": " + failure.getMessage();
		if (failure instanceof Http2Exception typed) {
			words += " " + typed.context().withLastFrames(List.of());
		}
		return words;
	}

	/**
	 * What came of a session before its deadlines.
	 *
	 * @param calls what each caller got
	 * @param sent what the client sent
	 * @param end why the connection ended
	 */
	record Outcome(List<String> calls, byte[] sent, String end) {

		/**
		 * Returns what the client sent without what may depend on the pieces that come:
		 * how credit is split, and how content is split by the credit that there is.
		 */
		List<String> frames() {
			List<String> all = new ArrayList<>();
			ByteArrayOutputStream content = new ByteArrayOutputStream();
			PeerFrame before = null;
			for (PeerFrame frame : new PeerCodec().read(this.sent)) {
				if (frame.type == PeerFrame.Type.WINDOW_UPDATE) {
					continue;
				}
				if (before != null && frame.isData() && before.isData() && before.streamId() == frame.streamId()) {
					all.remove(all.size() - 1);
				}
				else {
					content.reset();
				}
				if (frame.payload != null) {
					content.writeBytes(frame.payload);
				}
				all.add(frame.isData() ? "DATA " + frame.streamId() + " " + content.size() + " " + frame.endStream
						: frame.toString());
				before = frame;
			}
			return all;
		}

	}

}
