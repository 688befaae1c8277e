package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What {@code /actuator/h2pool} answers. Fields without a value are shown as
 * {@code null}, so that readers can rely on their presence.
 *
 * @param origins the origins that have connections or waiting requests, and those that
 * are called over HTTP/1.1
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record H2PoolDescriptor(List<OriginDescriptor> origins) implements OperationResponseBody {

	/** Nanoseconds are noise to a reader. */
	private static Duration readable(Duration duration) {
		return duration.truncatedTo(ChronoUnit.MILLIS);
	}

	/**
	 * The connections to one origin. Clients with different SSL bundles or address
	 * filters have an entry each.
	 *
	 * @param origin scheme, host and port
	 * @param pending how many requests wait for a connection
	 * @param connections the connections, oldest first
	 * @param protocol what new calls speak: {@code h2} over TLS, {@code h2c} in
	 * cleartext, {@code http/1.1} if HTTP/2 is not to be had
	 * @param fallback why {@code http/1.1}, {@code null} for the others
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record OriginDescriptor(String origin, int pending, List<ConnectionDescriptor> connections, String protocol,
			@Nullable FallbackDescriptor fallback) {

		/** Describes an origin of the transport, of the fallback, or of both. */
		static OriginDescriptor of(ConnectionKey key, @Nullable OriginSnapshot http2, @Nullable Http1Origin http1) {
			List<ConnectionSnapshot> connections = (http2 != null) ? http2.connections() : List.of();
			return new OriginDescriptor(key.origin().toString(), (http2 != null) ? http2.pending() : 0,
					connections.stream().map(ConnectionDescriptor::of).toList(),
					(http1 != null) ? "http/1.1" : protocolOf(key), FallbackDescriptor.of(http1));
		}

	}

	private static String protocolOf(ConnectionKey key) {
		return key.origin().isSecure() ? "h2" : "h2c";
	}

	/**
	 * Why an origin is called over HTTP/1.1. Those connections belong to another client
	 * and are not shown.
	 *
	 * @param reason what stands in the way of HTTP/2
	 * @param age since when this is known
	 * @param retryIn when HTTP/2 is tried again, {@code null} if it never is
	 * @param calls how many calls were made over HTTP/1.1 in this time
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record FallbackDescriptor(String reason, Duration age, @Nullable Duration retryIn, long calls) {

		static @Nullable FallbackDescriptor of(@Nullable Http1Origin origin) {
			return (origin != null) ? new FallbackDescriptor(origin.reason(), readable(origin.age()),
					(origin.retryIn() != null) ? readable(origin.retryIn()) : null, origin.calls()) : null;
		}

	}

	/**
	 * A connection.
	 *
	 * @param id unique in the transport
	 * @param state CONNECTING, OPEN, DRAINING or CLOSED
	 * @param protocol {@code h2} over TLS, {@code h2c} in cleartext
	 * @param tls the TLS session, {@code null} in cleartext
	 * @param localAddress host and port, {@code null} until connected
	 * @param remoteAddress host and port, {@code null} until connected
	 * @param proxy host and port of the proxy whose tunnel it uses, {@code null} for none
	 * @param age since the dial began
	 * @param idle since the last stream ended
	 * @param singleUse whether it serves one request only
	 * @param streamsOpened how many streams were opened so far
	 * @param activeStreams how many streams are open or reserved
	 * @param maxConcurrentStreams how many streams the server allows at once
	 * @param sendWindow octets that the server lets us send
	 * @param receiveWindow octets that we let the server send
	 * @param ownSettings our SETTINGS
	 * @param peerSettings the server's SETTINGS
	 * @param goAway the server's GOAWAY, {@code null} if there was none
	 * @param diagnostics what helps to explain its behaviour
	 * @param streams the open streams
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record ConnectionDescriptor(String id, String state, String protocol, @Nullable TlsDescriptor tls,
			@Nullable String localAddress, @Nullable String remoteAddress, @Nullable String proxy, Duration age,
			Duration idle, boolean singleUse, long streamsOpened, int activeStreams, long maxConcurrentStreams,
			long sendWindow, long receiveWindow, Map<String, Long> ownSettings, Map<String, Long> peerSettings,
			@Nullable GoAwayDescriptor goAway, DiagnosticsDescriptor diagnostics,
			List<StreamDescriptor> streams) implements OperationResponseBody {

		/** Describes a connection among others. */
		static ConnectionDescriptor of(ConnectionSnapshot connection) {
			return of(connection, DiagnosticsDescriptor.of(connection.diagnostics(), null));
		}

		/**
		 * Describes a connection that was asked for, with what is too much for a list.
		 */
		static ConnectionDescriptor inDetail(ConnectionSnapshot connection) {
			ConnectionSnapshot.Diagnostics diagnostics = connection.diagnostics();
			return of(connection, DiagnosticsDescriptor.of(diagnostics, List.copyOf(diagnostics.lastFrames())));
		}

		private static ConnectionDescriptor of(ConnectionSnapshot connection, DiagnosticsDescriptor diagnostics) {
			return new ConnectionDescriptor(connection.id(), connection.state().name(), protocolOf(connection.key()),
					TlsDescriptor.of(connection.tls()), connection.localAddress(), connection.remoteAddress(),
					(connection.key().proxy() != null) ? connection.key().proxy().toString() : null,
					readable(connection.age()), readable(connection.idle()), connection.singleUse(),
					connection.streamsOpened(), connection.activeStreams(), connection.maxConcurrentStreams(),
					connection.sendWindow(), connection.receiveWindow(), connection.ownSettings(),
					connection.peerSettings(), GoAwayDescriptor.of(connection.goAway()), diagnostics,
					connection.streams().stream().map(StreamDescriptor::of).toList());
		}

	}

	/**
	 * A TLS session.
	 *
	 * @param version for example {@code TLSv1.3}
	 * @param cipher the cipher suite
	 * @param alpn the agreed protocol
	 */
	public record TlsDescriptor(String version, String cipher, String alpn) {

		static @Nullable TlsDescriptor of(ConnectionSnapshot.@Nullable Tls tls) {
			return (tls != null) ? new TlsDescriptor(tls.version(), tls.cipher(), tls.alpn()) : null;
		}

	}

	/**
	 * A GOAWAY that the server sent.
	 *
	 * @param lastStreamId the highest stream that the server may have processed
	 * @param code the error code's name
	 * @param debug the server's debug text, escaped and shortened
	 */
	public record GoAwayDescriptor(int lastStreamId, String code, String debug) {

		static @Nullable GoAwayDescriptor of(ConnectionSnapshot.@Nullable GoAway goAway) {
			return (goAway != null) ? new GoAwayDescriptor(goAway.lastStreamId(), goAway.code(), goAway.debug()) : null;
		}

	}

	/**
	 * What helps to explain a connection's behaviour.
	 *
	 * @param nextStreamId the id that the next stream would get
	 * @param pingsInFlight how many of our PINGs have no answer yet
	 * @param pingRoundTrip how long the latest answered PING took, {@code null} if there
	 * was none
	 * @param lastRead since when nothing has arrived
	 * @param writeStalled since when the socket takes nothing, zero if it does
	 * @param writeError the first failure of a write, {@code null} if there was none
	 * @param endedBy why the connection ends or has ended, {@code null} if it does not
	 * @param lastFrames the last frames of both directions, oldest first; {@code null} in
	 * a list of connections
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record DiagnosticsDescriptor(long nextStreamId, int pingsInFlight, @Nullable Duration pingRoundTrip,
			Duration lastRead, Duration writeStalled, @Nullable String writeError, @Nullable String endedBy,
			@Nullable List<String> lastFrames) {

		static DiagnosticsDescriptor of(ConnectionSnapshot.Diagnostics diagnostics, @Nullable List<String> lastFrames) {
			return new DiagnosticsDescriptor(diagnostics.nextStreamId(), diagnostics.pingsInFlight(),
					(diagnostics.pingRoundTrip() != null) ? diagnostics.pingRoundTrip().truncatedTo(ChronoUnit.MICROS)
							: null,
					readable(diagnostics.lastRead()), readable(diagnostics.writeStalled()), diagnostics.writeError(),
					diagnostics.endedBy(), lastFrames);
		}

	}

	/**
	 * An open stream.
	 *
	 * @param id the stream's id
	 * @param state the RFC's name of its state
	 * @param method the request's method
	 * @param age since the request was handed to the connection
	 * @param sentBytes octets of request content that were sent
	 * @param receivedBytes octets of response content that arrived
	 * @param sendWindow octets that the server lets us send on it
	 * @param receiveWindow octets that we let the server send on it
	 * @param waitingFor why it does not move, {@code null} if nothing is known
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record StreamDescriptor(int id, String state, String method, Duration age, long sentBytes,
			long receivedBytes, long sendWindow, long receiveWindow, @Nullable String waitingFor) {

		static StreamDescriptor of(StreamSnapshot stream) {
			return new StreamDescriptor(stream.id(), stream.state(), stream.method(), readable(stream.age()),
					stream.sentBytes(), stream.receivedBytes(), stream.sendWindow(), stream.receiveWindow(),
					stream.waitingFor());
		}

	}

}
