package io.github.h2transport.spring.diagnosis;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;

/**
 * What the connections of an origin tell as a whole.
 */
final class PoolFindings {

	/** So full a queue is noticed while there is still time to act. */
	private static final double NEARLY_FULL = 0.8;

	/** A dial that takes longer than this is not held up by distance alone. */
	private static final Duration SLOW_DIAL = Duration.ofSeconds(1);

	/** So many in a minute are a habit of the server, not a restart. */
	private static final int MANY_REPLAYS = 10;

	private static final int MANY_GOAWAYS = 5;

	private static final int MANY_LOST = 3;

	private static final String CALM = "ENHANCE_YOUR_CALM";

	private PoolFindings() {
	}

	static void find(Diagnosis to, OriginSnapshot origin, boolean overHttp1) {
		PoolSnapshot pool = (origin.pool() != null) ? origin.pool() : PoolSnapshot.ofPending(origin.pending());
		List<ConnectionSnapshot> open = origin.connections()
			.stream()
			.filter((connection) -> connection.state() == ConnectionState.OPEN && !connection.singleUse())
			.toList();
		if (!overHttp1 || !isWithoutHttp2(pool)) {
			dialFailing(to, pool);
		}
		queueNearlyFull(to, pool);
		waiting(to, origin, pool, open);
		punished(to, origin, pool);
		turnedAway(to, pool);
		addressGone(to, origin, pool);
	}

	/** Such a server is well: the calls go over HTTP/1.1. */
	private static boolean isWithoutHttp2(PoolSnapshot pool) {
		return pool.dialFailure() instanceof ConnectFailedException failure && failure.isWithoutHttp2();
	}

	private static void dialFailing(Diagnosis to, PoolSnapshot pool) {
		if (pool.dialFailure() == null) {
			return;
		}
		Map<String, Object> evidence = Diagnosis.evidence("lastFailure",
				String.valueOf(pool.dialFailure().getMessage()), "retryIn", pool.retryIn(), "dialsFailed",
				pool.totals().dialsFailed(), "openConnections", pool.open(), "pending", pool.pending());
		boolean nothingOpen = pool.open() == 0;
		to.add(FindingKind.DIAL_FAILING, nothingOpen ? Severity.CRITICAL : Severity.WARNING,
				nothingOpen ? "No connection can be established; calls fail."
						: "No further connection can be established; calls use those that are open.",
				null, evidence, "Look at the last failure. See whether the server is up, the address is right, and "
						+ "neither a firewall nor a certificate is in the way.",
				null);
	}

	private static void queueNearlyFull(Diagnosis to, PoolSnapshot pool) {
		int most = pool.limits().maxPending();
		if (most > 0 && pool.pending() >= Math.max(1, most * NEARLY_FULL)) {
			to.add(FindingKind.QUEUE_NEARLY_FULL, Severity.CRITICAL,
					pool.pending() + " requests wait for a connection; above " + most + " they are refused.",
					pool.oldestWait(),
					Diagnosis.evidence("pending", pool.pending(), "maxPending", most, "oldestWait", pool.oldestWait(),
							"pendingHighWater", pool.totals().pendingHighWater()),
					"More calls are made than the server answers. Bound the callers, or find out with the other "
							+ "findings what holds the calls up; a longer queue only makes them wait longer.",
					"h2.transport.pool.max-pending");
		}
	}

	private static void waiting(Diagnosis to, OriginSnapshot origin, PoolSnapshot pool, List<ConnectionSnapshot> open) {
		if (origin.pending() == 0) {
			return;
		}
		if (isSingleUse(origin, pool)) {
			int most = pool.limits().maxConnections();
			to.add(FindingKind.STREAM_LIMITED, Severity.WARNING,
					requests(origin.pending())
							+ ": there are as many connections for single requests as may be, " + most + ".",
					pool.oldestWait(),
					Diagnosis.evidence("pending", origin.pending(), "oldestWait", pool.oldestWait(), "connections",
							origin.connections().size(), "maxConnections", most),
					"Let requests share connections, or allow more of them at once.",
					"h2.transport.pool.max-single-use");
			return;
		}
		if (open.isEmpty()) {
			boolean dialling = origin.connections()
				.stream()
				.anyMatch((connection) -> connection.state() == ConnectionState.CONNECTING);
			if (dialling && pool.dialFailure() == null && pool.oldestWait().compareTo(SLOW_DIAL) >= 0) {
				to.add(FindingKind.DIAL_SLOW, Severity.WARNING,
						requests(origin.pending()) + " for a connection that is still being established.",
						pool.oldestWait(),
						Diagnosis.evidence("pending", origin.pending(), "oldestWait", pool.oldestWait(), "dialling",
								pool.dialling()),
						"The name look-up, the network or the TLS handshake is slow. After the connect timeout the "
								+ "call fails and says which.",
						"h2.transport.connect-timeout");
			}
			return;
		}
		if (open.stream().anyMatch((connection) -> connection.activeStreams() < connection.maxConcurrentStreams())) {
			// A slot is free: they are about to be served.
			return;
		}
		streamLimited(to, origin, pool, open);
	}

	private static boolean isSingleUse(OriginSnapshot origin, PoolSnapshot pool) {
		return origin.connections().size() >= pool.limits().maxConnections()
				&& origin.connections().stream().allMatch(ConnectionSnapshot::singleUse);
	}

	private static void streamLimited(Diagnosis to, OriginSnapshot origin, PoolSnapshot pool,
			List<ConnectionSnapshot> open) {
		long slots = open.stream().mapToLong(ConnectionSnapshot::maxConcurrentStreams).sum();
		int active = open.stream().mapToInt(ConnectionSnapshot::activeStreams).sum();
		int most = pool.limits().maxConnections();
		Map<String, Object> evidence = Diagnosis.evidence("pending", origin.pending(), "oldestWait", pool.oldestWait(),
				"activeStreams", active, "slots", slots, "connections", open.size(), "maxConnections", most, "dialling",
				pool.dialling());
		if (slots == 0) {
			to.add(FindingKind.STREAM_LIMITED, Severity.WARNING,
					requests(origin.pending()) + ": the server allows no stream at present "
							+ "(SETTINGS_MAX_CONCURRENT_STREAMS is 0).",
					pool.oldestWait(), evidence,
					"The server holds its clients back; ask its operators why. Another connection would only be told "
							+ "the same.",
					null);
			return;
		}
		boolean ours = open.stream().anyMatch((connection) -> isOurs(connection, pool));
		boolean full = open.size() + pool.dialling() >= most;
		String taken = Diagnosis.counted(open.size(), "connection") + ((slots == 1) ? " is taken" : " are taken");
		String summary = requests(origin.pending())
				+ ((slots == 1) ? ": the only slot of " : ": all " + slots + " slots of ") + taken
				+ (full ? ", and there may be no more than " + Diagnosis.counted(most, "connection") + "."
						: (pool.dialling() > 0) ? "; another connection is on its way." : ".");
		String advice = ours ? "The limit of streams on a connection is our own, the server would allow more: raise it."
				: full ? "Allow more connections, raise the limit of streams at the server, or make fewer calls at once."
						: "Raise the limit of streams at the server if this happens often.";
		to.add(FindingKind.STREAM_LIMITED, Severity.WARNING, summary, pool.oldestWait(), evidence, advice, ours
				? "h2.transport.pool.max-streams-per-connection" : full ? "h2.transport.pool.max-connections" : null);
	}

	/** Whether the server would allow more than we do. */
	private static boolean isOurs(ConnectionSnapshot connection, PoolSnapshot pool) {
		Long theirs = connection.peerSettings().get("SETTINGS_MAX_CONCURRENT_STREAMS");
		return connection.maxConcurrentStreams() == pool.limits().maxStreamsPerConnection()
				&& (theirs == null || theirs > connection.maxConcurrentStreams());
	}

	private static String requests(int pending) {
		return (pending == 1) ? "1 request waits" : pending + " requests wait";
	}

	private static void punished(Diagnosis to, OriginSnapshot origin, PoolSnapshot pool) {
		PoolSnapshot.Recent recent = pool.recent();
		ConnectionSnapshot calmed = origin.connections()
			.stream()
			.filter((connection) -> connection.goAway() != null && connection.goAway().code().equals(CALM))
			.findFirst()
			.orElse(null);
		if (recent.calmed() == 0 && calmed == null) {
			return;
		}
		Map<String, Object> evidence = Diagnosis.evidence("connectionsInLastMinute",
				recent.calmed() + ((calmed != null) ? 1 : 0));
		String said = (calmed != null && calmed.goAway() != null) ? calmed.goAway().debug() : recent.latest();
		if (said != null && !said.isEmpty()) {
			evidence.put("said", said);
		}
		to.add(FindingKind.SERVER_PUNISHES, Severity.CRITICAL,
				"The server ended connections because of our behaviour (ENHANCE_YOUR_CALM).",
				(calmed != null) ? null : recent.latestAgo(), evidence,
				"Servers do this when too many calls are cancelled, PINGs come too often or too many small frames "
						+ "arrive. See what the application cancels (timeouts?), and ping less often.",
				"h2.transport.ping-interval");
	}

	private static void turnedAway(Diagnosis to, PoolSnapshot pool) {
		PoolSnapshot.Recent recent = pool.recent();
		Map<String, Object> evidence = Diagnosis.evidence("over", recent.over(), "goAways", recent.goAways(), "replays",
				recent.replays(), "lost", recent.lost());
		if (recent.latest() != null) {
			evidence.put("latest", recent.latest());
			evidence.put("latestAgo", recent.latestAgo());
		}
		if (recent.replays() >= MANY_REPLAYS || recent.goAways() >= MANY_GOAWAYS) {
			to.add(FindingKind.REQUESTS_TURNED_AWAY, Severity.WARNING,
					"The server has retired " + Diagnosis.counted(recent.goAways(), "connection") + " and turned "
							+ Diagnosis.counted(recent.replays(), "request") + " away within the last minute. They "
							+ "were sent again; none was processed twice.",
					null, evidence,
					"Raise the number of requests that the server allows on a connection (nginx: keepalive_requests). "
							+ "REFUSED_STREAM means that it takes fewer streams at once than it says. Or replace connections "
							+ "here before the server retires them.",
					"h2.transport.pool.max-requests-per-connection");
		}
		if (recent.lost() >= MANY_LOST) {
			to.add(FindingKind.CONNECTIONS_LOST, Severity.WARNING,
					Diagnosis.counted(recent.lost(), "connection") + ((recent.lost() == 1) ? " was" : " were")
							+ " lost within the last minute.",
					null, evidence,
					"See whether the server restarts, or whether something on the way cuts connections.", null);
		}
	}

	private static void addressGone(Diagnosis to, OriginSnapshot origin, PoolSnapshot pool) {
		List<String> stale = origin.connections()
			.stream()
			.filter((connection) -> pool.leaving().get(connection.id()) == EndReason.ADDRESS_GONE)
			.map((connection) -> connection.id() + " to " + connection.remoteAddress())
			.toList();
		if (!stale.isEmpty()) {
			to.add(FindingKind.ADDRESS_GONE, Severity.INFO,
					Diagnosis.counted(stale.size(), "connection") + ((stale.size() == 1) ? " leads" : " lead")
							+ " to an address that the name does not have any more.",
					null, Diagnosis.evidence("connections", stale),
					"Nothing need be done: they go as soon as others stand in for them and their streams are over. The "
							+ "refresh interval says how soon such a change is seen.",
					"h2.transport.pool.dns-refresh-interval");
		}
	}

}
