package io.github.h2transport.conn;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.h2transport.ConnectionKey;
import org.jspecify.annotations.Nullable;

/**
 * What a connection looked like a moment ago. Each field is consistent by itself; taking
 * the snapshot waits for nobody, so two fields may be an instant apart.
 *
 * @param id the connection's name, unique in its transport, as in {@code c7}
 * @param state the connection's state
 * @param key what requests must have in common to use it
 * @param tls the TLS session, {@code null} for cleartext or before the handshake is done
 * @param localAddress host and port, {@code null} until the socket is connected
 * @param remoteAddress host and port, {@code null} until the socket is connected
 * @param age since the dial began
 * @param idle since the last stream ended; zero while a stream is open
 * @param singleUse whether it serves one request only
 * @param streamsOpened how many streams were opened on it so far
 * @param maxConcurrentStreams how many streams the peer allows at once
 * @param activeStreams how many stream slots are taken: open streams and reservations
 * @param sendWindow what the peer lets us send on the connection, in octets
 * @param receiveWindow what we let the peer send on the connection, in octets
 * @param ownSettings our SETTINGS by their RFC names
 * @param peerSettings the peer's SETTINGS by their RFC names, empty before they arrived
 * @param goAway the peer's GOAWAY, {@code null} if there was none
 * @param diagnostics what helps to explain its behaviour
 * @param streams the open streams
 */
public record ConnectionSnapshot(String id, ConnectionState state, ConnectionKey key, @Nullable Tls tls,
		@Nullable String localAddress, @Nullable String remoteAddress, Duration age, Duration idle, boolean singleUse,
		long streamsOpened, long maxConcurrentStreams, int activeStreams, long sendWindow, long receiveWindow,
		Map<String, Long> ownSettings, Map<String, Long> peerSettings, @Nullable GoAway goAway, Diagnostics diagnostics,
		List<StreamSnapshot> streams) {

	/**
	 * A TLS session.
	 *
	 * @param version for example {@code TLSv1.3}
	 * @param cipher the cipher suite
	 * @param alpn the protocol that was agreed on, always {@code h2}
	 */
	public record Tls(String version, String cipher, String alpn) {
	}

	/**
	 * A GOAWAY of the peer (RFC 9113 section 6.8).
	 *
	 * @param lastStreamId the highest stream that the peer may have processed
	 * @param code the error code's name
	 * @param debug the debug text, escaped and shortened; empty if there was none
	 */
	public record GoAway(int lastStreamId, String code, String debug) {
	}

	/**
	 * What helps to explain a connection's behaviour.
	 *
	 * @param nextStreamId the id that the next stream would get
	 * @param pingsInFlight how many of our PINGs have no answer yet
	 * @param pingRoundTrip how long the latest answered PING took, {@code null} if there
	 * was none
	 * @param inDoubt whether requests wait for a PING's answer before they are sent
	 * @param lastRead since when nothing has arrived
	 * @param writeStalled since when the socket takes nothing, zero if it does
	 * @param writeError the first failure of a write, {@code null} if there was none
	 * @param sentOctets octets of DATA payload that were sent so far
	 * @param receivedOctets octets of DATA payload that have arrived so far, padding
	 * included
	 * @param endedBy why the connection ends or has ended, {@code null} if it does not
	 * @param lastFrames the last frames of both directions, oldest first, as
	 * {@link io.github.h2transport.FailureContext#lastFrames()}
	 */
	public record Diagnostics(long nextStreamId, int pingsInFlight, @Nullable Duration pingRoundTrip, boolean inDoubt,
			Duration lastRead, Duration writeStalled, @Nullable String writeError, long sentOctets, long receivedOctets,
			@Nullable String endedBy, List<String> lastFrames) {
	}

}
