package io.github.h2transport.conn;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.StreamException;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.testkit.CapturedLog;
import io.github.h2transport.testkit.peer.PeerFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A peer that puts terminal sequences, line ends, text that runs backwards and very long
 * text wherever it may put text. Neither messages nor logs show it as it is.
 */
@Timeout(30)
class NastyPeerTests {

	/** As characters; the last line is U+202E and U+2028 in UTF-8. */
	private static final String OCTETS = "x\u001b[2J\u001b]0;owned\u0007\r\nWARN forged: line\t\u0000\u007f\u0085\u009b31m"
			+ "\u00e2\u0080\u00ae\u00e2\u0080\u00a8";

	/** What a system or a library may quote, with any character. */
	private static final String TEXT = OCTETS + "\u202e\u2066\u200f\u2028\u2029\ufeff" + "A".repeat(16_384);

	private static final int LONGEST_MESSAGE = 1200;

	private static final int LONGEST_LINE = 5000;

	private static final ConnectionKey KEY = new ConnectionKey(new Origin("https", "example.test", 443), null, null);

	private final CapturedLog log = CapturedLog.of("io.github.h2transport", Level.ALL);

	private final ScriptedPeer peer = new ScriptedPeer();

	@AfterEach
	void stopListening() {
		this.log.close();
	}

	// ---- frames ----

	@Test
	void debugDataOfGoAway() throws Exception {
		this.peer.greet();
		Exchange left = this.peer.call(get("/a"));
		Exchange running = this.peer.call(get("/b"));
		this.peer.settle();
		byte[] debug = (OCTETS + "A".repeat(16_000)).getBytes(StandardCharsets.ISO_8859_1);
		ByteBuffer goAway = ByteBuffer.allocate(FrameWriter.goAwaySize(debug.length));
		FrameWriter.goAway(goAway, 1, ErrorCode.ENHANCE_YOUR_CALM, debug);
		this.peer.sendOctets(goAway.array());
		ConnectionSnapshot snapshot = this.peer.connection().snapshot();
		this.peer.endOfInput();
		assertHarmless(running.failure(ConnectionException.class));
		assertHarmless(left.failure(ConnectionException.class));
		assertThat(snapshot.goAway()).isNotNull()
			.satisfies((received) -> assertHarmless(received.debug(), LONGEST_MESSAGE));
		assertHarmless(this.peer.connection().snapshot());
		assertThat(this.log.lines(Level.WARNING)).isNotEmpty();
		assertLogIsHarmless();
	}

	@ParameterizedTest
	@ValueSource(strings = { "name", ":pseudo", ":status", "connection", "content-length" })
	void fieldsOfAResponse(String field) throws Exception {
		this.peer.greet();
		Exchange call = this.peer.call(get("/a"));
		String longText = OCTETS + "A".repeat(8000);
		PeerFrame head = headers(1);
		switch (field) {
			case "name" -> head.status(200).with(longText, "v");
			case ":pseudo" -> head.status(200).with(":" + longText, "v");
			case ":status" -> head.with(":status", longText);
			default -> head.status(200).with(field, longText);
		}
		this.peer.send(head.endStream());
		assertHarmless(call.failure(StreamException.class));
		assertHarmless(this.peer.connection().snapshot());
		assertLogIsHarmless();
	}

	@Test
	void trailers() throws Exception {
		this.peer.greet();
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200), headers(1).with(OCTETS, OCTETS).endStream());
		Throwable failure = Caller.of(() -> call.body().readAllBytes()).failure();
		assertHarmless(failure);
		assertLogIsHarmless();
	}

	@Test
	void legalFieldsOfAResponseAreNotShownAtAll() throws Exception {
		this.peer.greet();
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(200).with("content-type", "text/\u001b[31mred").with("x-secret", "s3cret"));
		call.hasStatus(200);
		call.stream()
			.cancel(ErrorCode.CANCEL, new CallCancelledException("enough", null,
					call.stream().context(Initiator.CALLER, Phase.RESPONSE_BODY)));
		this.peer.settle();
		assertThat(this.log.lines()).noneMatch((line) -> line.contains("red") || line.contains("s3cret"));
		assertLogIsHarmless();
	}

	@Test
	void anAnswerOfAnotherProtocol() {
		this.peer.connect().sendOctets(("HTTP/1.1 400 " + OCTETS).getBytes(StandardCharsets.ISO_8859_1));
		this.peer.endOfInput();
		assertHarmless(this.peer.observer().closedBy());
		assertLogIsHarmless();
	}

	@Test
	void noiseInsteadOfFrames() {
		this.peer.connect().sendOctets(OCTETS.getBytes(StandardCharsets.ISO_8859_1));
		this.peer.endOfInput();
		assertHarmless(this.peer.observer().closedBy());
		assertLogIsHarmless();
	}

	// ---- the wire ----

	@Test
	void aReadThatFailsInWordsOfThePeer() throws Exception {
		this.peer.greet();
		Exchange call = this.peer.call(get("/a"));
		this.peer.wire().failReads(new SSLException(TEXT, new CertificateException(TEXT)));
		this.peer.settle();
		assertHarmless(call.failure(ConnectionException.class));
		assertHarmless(this.peer.observer().closedBy());
		assertLogIsHarmless();
	}

	@Test
	void aWriteThatFailsInWordsOfThePeer() throws Exception {
		this.peer.greet();
		this.peer.wire().failWrites(new IOException(TEXT));
		Exchange call = this.peer.call(get("/a"));
		this.peer.settle();
		assertHarmless(call.failure(Http2Exception.class));
		assertHarmless(this.peer.connection().snapshot());
		assertLogIsHarmless();
	}

	@Test
	void aSetUpThatFailsInWordsOfThePeer() {
		assertEstablishingIsHarmless(new SSLHandshakeException(TEXT));
		assertEstablishingIsHarmless(new SSLHandshakeException("Received fatal alert: " + TEXT));
		assertEstablishingIsHarmless(new SSLException("selected protocol version " + TEXT));
		assertEstablishingIsHarmless(new IOException(TEXT));
		assertEstablishingIsHarmless(new IllegalStateException(TEXT));
		assertEstablishingIsHarmless(new SSLException(TEXT, new IllegalStateException(TEXT)));
		assertEstablishingIsHarmless(new ConnectFailures.NoHttp2Exception(TEXT));
	}

	@Test
	void certificatesThatAreQuoted() {
		for (CertificateException each : new CertificateException[] { new CertificateException(TEXT),
				new CertificateException("No name matching " + TEXT), new CertificateExpiredException(TEXT),
				new CertificateNotYetValidException(TEXT) }) {
			assertEstablishingIsHarmless(handshake(TEXT, each));
			assertEstablishingIsHarmless(handshake("certificate_unknown", each));
		}
		assertHarmless(ConnectFailures.afterHandshake(KEY, new SSLException(TEXT), context()));
	}

	@Test
	void namesAndAddressesThatFail() {
		assertHarmless(ConnectFailures.lookUpFailed("example.test", KEY, new IllegalStateException(TEXT), context()));
		assertHarmless(ConnectFailures.unknownHost("example.test", KEY, new UnknownHostException(TEXT), context()));
		assertHarmless(ConnectFailures.refused(KEY, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), 1,
				new IOException(TEXT), context()));
	}

	@Test
	void aHarmlessCauseStaysAsItIs() {
		SSLHandshakeException harmless = handshake("PKIX path building failed",
				new CertificateException("unable to find valid certification path"));
		assertThat(ForeignFailure.printable(harmless)).isSameAs(harmless);
		SSLHandshakeException nasty = handshake("PKIX", new CertificateException("CN=a\nb"));
		Throwable printable = ForeignFailure.printable(nasty);
		assertThat(printable).isInstanceOf(SSLException.class).hasMessage("PKIX");
		assertThat(printable.getStackTrace()).isEqualTo(nasty.getStackTrace());
		assertThat(printable.getCause()).hasMessage("java.security.cert.CertificateException: CN=a\\u000ab");
	}

	@Test
	void aCircleOfCausesEnds() {
		IOException first = new IOException("a\nb");
		first.initCause(new IOException("c", first));
		assertHarmless(ForeignFailure.printable(first));
	}

	private static void assertEstablishingIsHarmless(Throwable failure) {
		assertHarmless(ConnectFailures.establishing(KEY, failure, context()));
	}

	private static SSLHandshakeException handshake(String message, Throwable cause) {
		SSLHandshakeException failure = new SSLHandshakeException(message);
		failure.initCause(cause);
		return failure;
	}

	private static FailureContext context() {
		return FailureContext.of(Initiator.PEER, Phase.TLS);
	}

	private static void assertHarmless(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			assertHarmless(String.valueOf(cause.getMessage()), LONGEST_MESSAGE);
			if (cause instanceof Http2Exception ours) {
				ours.lastFrames().forEach((frame) -> assertHarmless(frame, LONGEST_MESSAGE));
				assertHarmless(ours.context().toString(), LONGEST_MESSAGE);
			}
		}
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		// Its own line ends and tabs aside.
		assertHarmless(trace.toString().replaceAll("[\n\t]|\r\n", " "), Integer.MAX_VALUE);
	}

	private static void assertHarmless(ConnectionSnapshot snapshot) {
		assertHarmless(snapshot.toString(), Integer.MAX_VALUE);
		assertHarmless(String.valueOf(snapshot.diagnostics().writeError()), LONGEST_MESSAGE);
		assertHarmless(String.valueOf(snapshot.diagnostics().endedBy()), LONGEST_MESSAGE);
	}

	private void assertLogIsHarmless() {
		assertThat(this.log.records()).isNotEmpty();
		for (LogRecord each : this.log.records()) {
			assertHarmless(each.getMessage(), LONGEST_LINE);
			if (each.getThrown() != null) {
				assertHarmless(each.getThrown());
			}
		}
	}

	private static void assertHarmless(String text, int longest) {
		assertThat(text.length()).as(() -> "length of " + text.substring(0, 200)).isLessThanOrEqualTo(longest);
		assertThat(text.chars()).allSatisfy((c) -> {
			assertThat(c).isGreaterThanOrEqualTo(0x20);
			assertThat(Character.isISOControl(c)).isFalse();
			assertThat(Character.getType(c)).isNotIn((int) Character.FORMAT, (int) Character.LINE_SEPARATOR,
					(int) Character.PARAGRAPH_SEPARATOR);
		});
	}

}
