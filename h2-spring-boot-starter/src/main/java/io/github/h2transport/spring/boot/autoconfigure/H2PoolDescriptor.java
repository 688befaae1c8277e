package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.conn.Traffic;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.pool.PoolTotals;
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
 * @param totals what was counted since the application started, for all origins
 * @param traffic how much content was carried since then
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record H2PoolDescriptor(List<OriginDescriptor> origins, TotalsDescriptor totals,
		TrafficDescriptor traffic) implements OperationResponseBody {

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
	 * cleartext, {@code http/1.1} if HTTP/2 is not to be had; {@code null} if no server
	 * has agreed over TLS yet
	 * @param fallback why {@code http/1.1}, {@code null} for the others
	 * @param sslBundle the SSL bundle of its clients, {@code null} if it has no name
	 * @param serviceGroups the HTTP service groups whose base URL is there
	 * @param pool what the pool tells, {@code null} if it tells nothing
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record OriginDescriptor(String origin, int pending, List<ConnectionDescriptor> connections,
			@Nullable String protocol, @Nullable FallbackDescriptor fallback, @Nullable String sslBundle,
			List<String> serviceGroups, @Nullable PoolDescriptor pool) {

		/** Describes an origin of the transport, of the fallback, or of both. */
		static OriginDescriptor of(ConnectionKey key, @Nullable OriginSnapshot http2, @Nullable Http1Origin http1,
				PoolClients clients, Paths paths) {
			List<ConnectionSnapshot> connections = (http2 != null) ? http2.connections() : List.of();
			return new OriginDescriptor(key.origin().toString(), (http2 != null) ? http2.pending() : 0,
					connections.stream().map((each) -> ConnectionDescriptor.of(each, paths)).toList(),
					(http1 != null) ? "http/1.1" : (agreed(key, connections) ? protocolOf(key) : null),
					FallbackDescriptor.of(http1), clients.sslBundle(key), clients.serviceGroups(key),
					PoolDescriptor.of((http2 != null) ? http2.pool() : null));
		}

	}

	/**
	 * What the pool of an origin tells.
	 *
	 * @param open connections that take requests
	 * @param dialling connections on their way
	 * @param oldestWait for how long the oldest waiting request has waited
	 * @param dialFailure what the latest dial failed with, {@code null} if none has
	 * failed since a connection was last established
	 * @param retryIn in how long the next dial may begin after that
	 * @param limits what it allows
	 * @param leaving why connections are to go that are still there, by their ids
	 * @param recent what has gone wrong within the last minute
	 * @param totals what was counted while the origin had connections or requests
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record PoolDescriptor(int open, int dialling, Duration oldestWait, @Nullable String dialFailure,
			Duration retryIn, LimitsDescriptor limits, Map<String, String> leaving, RecentDescriptor recent,
			TotalsDescriptor totals) {

		static @Nullable PoolDescriptor of(@Nullable PoolSnapshot pool) {
			if (pool == null) {
				return null;
			}
			Http2Exception failure = pool.dialFailure();
			Map<String, String> leaving = new TreeMap<>();
			pool.leaving().forEach((id, reason) -> leaving.put(id, nameOf(reason)));
			return new PoolDescriptor(pool.open(), pool.dialling(), readable(pool.oldestWait()),
					(failure != null) ? failure.getMessage() : null, readable(pool.retryIn()),
					LimitsDescriptor.of(pool.limits()), leaving, RecentDescriptor.of(pool.recent()),
					TotalsDescriptor.of(pool.totals()));
		}

	}

	/**
	 * What the pool of an origin allows.
	 *
	 * @param maxConnections connections at the same time
	 * @param maxStreamsPerConnection streams at the same time on each
	 * @param maxPending requests that may wait
	 */
	public record LimitsDescriptor(int maxConnections, int maxStreamsPerConnection, int maxPending) {

		static LimitsDescriptor of(PoolSnapshot.Limits limits) {
			return new LimitsDescriptor(limits.maxConnections(), limits.maxStreamsPerConnection(), limits.maxPending());
		}

	}

	/**
	 * What has gone wrong lately.
	 *
	 * @param over the time that is looked back
	 * @param goAways connections that the server has retired
	 * @param calmed those of them that it ended with ENHANCE_YOUR_CALM
	 * @param lost connections that were lost
	 * @param replays requests that a connection had turned away
	 * @param latest the latest of these ends, {@code null} if there was none
	 * @param latestAgo how long ago that was, {@code null} if there was none
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record RecentDescriptor(Duration over, int goAways, int calmed, int lost, int replays,
			@Nullable String latest, @Nullable Duration latestAgo) {

		static RecentDescriptor of(PoolSnapshot.Recent recent) {
			return new RecentDescriptor(recent.over(), recent.goAways(), recent.calmed(), recent.lost(),
					recent.replays(), recent.latest(), (recent.latest() != null) ? readable(recent.latestAgo()) : null);
		}

	}

	/**
	 * What was counted.
	 *
	 * @param opened connections that could be used
	 * @param dialsFailed dials that ended without one
	 * @param closed connections that have ended, by reason
	 * @param waits requests that did not get a connection at once
	 * @param replays requests that came back because a connection had turned them away
	 * @param pendingHighWater the most requests that waited at the same time
	 */
	public record TotalsDescriptor(long opened, long dialsFailed, Map<String, Long> closed, long waits, long replays,
			int pendingHighWater) {

		static TotalsDescriptor of(PoolTotals totals) {
			Map<String, Long> closed = new TreeMap<>();
			totals.closed().forEach((reason, count) -> closed.put(nameOf(reason), count));
			return new TotalsDescriptor(totals.opened(), totals.dialsFailed(), closed, totals.waits(), totals.replays(),
					totals.pendingHighWater());
		}

	}

	/**
	 * How much content was carried.
	 *
	 * @param sentBytes octets of DATA that were sent
	 * @param receivedBytes octets of DATA that have arrived
	 */
	public record TrafficDescriptor(long sentBytes, long receivedBytes) {

		static TrafficDescriptor of(Traffic traffic) {
			return new TrafficDescriptor(traffic.sentOctets(), traffic.receivedOctets());
		}

	}

	private static String nameOf(EndReason reason) {
		return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/** Whether paths are shown to whoever asks. */
	enum Paths {

		/** They are. */
		SHOWN,

		/** They are not: a path may name a person. */
		HIDDEN

	}

	/**
	 * Whether the protocol is known: by configuration in cleartext, over TLS once a
	 * server has agreed, as far as its connections still tell.
	 */
	private static boolean agreed(ConnectionKey key, List<ConnectionSnapshot> connections) {
		return !key.origin().isSecure()
				|| connections.stream().anyMatch((connection) -> !connection.peerSettings().isEmpty());
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
		static ConnectionDescriptor of(ConnectionSnapshot connection, Paths paths) {
			return of(connection, DiagnosticsDescriptor.of(connection.diagnostics(), null), paths);
		}

		/**
		 * Describes a connection that was asked for, with what is too much for a list.
		 */
		static ConnectionDescriptor inDetail(ConnectionSnapshot connection, Paths paths) {
			ConnectionSnapshot.Diagnostics diagnostics = connection.diagnostics();
			return of(connection, DiagnosticsDescriptor.of(diagnostics, List.copyOf(diagnostics.lastFrames())), paths);
		}

		private static ConnectionDescriptor of(ConnectionSnapshot connection, DiagnosticsDescriptor diagnostics,
				Paths paths) {
			return new ConnectionDescriptor(connection.id(), connection.state().name(), protocolOf(connection.key()),
					TlsDescriptor.of(connection.tls()), connection.localAddress(), connection.remoteAddress(),
					(connection.key().proxy() != null) ? connection.key().proxy().toString() : null,
					readable(connection.age()), readable(connection.idle()), connection.singleUse(),
					connection.streamsOpened(), connection.activeStreams(), connection.maxConcurrentStreams(),
					connection.sendWindow(), connection.receiveWindow(), connection.ownSettings(),
					connection.peerSettings(), GoAwayDescriptor.of(connection.goAway()), diagnostics,
					connection.streams().stream().map((each) -> StreamDescriptor.of(each, paths)).toList());
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
	 * @param inDoubt whether requests wait for a PING's answer before they are sent
	 * @param lastRead since when nothing has arrived
	 * @param writeStalled since when the socket takes nothing, zero if it does
	 * @param writeError the first failure of a write, {@code null} if there was none
	 * @param sentBytes octets of DATA that were sent so far
	 * @param receivedBytes octets of DATA that have arrived so far
	 * @param endedBy why the connection ends or has ended, {@code null} if it does not
	 * @param lastFrames the last frames of both directions, oldest first; {@code null} in
	 * a list of connections
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record DiagnosticsDescriptor(long nextStreamId, int pingsInFlight, @Nullable Duration pingRoundTrip,
			boolean inDoubt, Duration lastRead, Duration writeStalled, @Nullable String writeError, long sentBytes,
			long receivedBytes, @Nullable String endedBy, @Nullable List<String> lastFrames) {

		static DiagnosticsDescriptor of(ConnectionSnapshot.Diagnostics diagnostics, @Nullable List<String> lastFrames) {
			return new DiagnosticsDescriptor(diagnostics.nextStreamId(), diagnostics.pingsInFlight(),
					(diagnostics.pingRoundTrip() != null) ? diagnostics.pingRoundTrip().truncatedTo(ChronoUnit.MICROS)
							: null,
					diagnostics.inDoubt(), readable(diagnostics.lastRead()), readable(diagnostics.writeStalled()),
					diagnostics.writeError(), diagnostics.sentOctets(), diagnostics.receivedOctets(),
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
	 * @param path the request's path without its query, {@code null} if paths are not
	 * shown
	 * @param unreadBytes octets of response content that the application has not read
	 * @param waiting for how long nothing has moved there
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record StreamDescriptor(int id, String state, String method, Duration age, long sentBytes,
			long receivedBytes, long sendWindow, long receiveWindow, @Nullable String waitingFor, @Nullable String path,
			long unreadBytes, Duration waiting) {

		static StreamDescriptor of(StreamSnapshot stream, Paths paths) {
			return new StreamDescriptor(stream.id(), stream.state(), stream.method(), readable(stream.age()),
					stream.sentBytes(), stream.receivedBytes(), stream.sendWindow(), stream.receiveWindow(),
					(stream.waitingFor() != null) ? stream.waitingFor().words() : null,
					(paths == Paths.SHOWN) ? stream.path() : null, stream.unreadBytes(), readable(stream.waiting()));
		}

	}

}
