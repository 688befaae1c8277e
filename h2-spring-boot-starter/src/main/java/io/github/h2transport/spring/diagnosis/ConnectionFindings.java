package io.github.h2transport.spring.diagnosis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.conn.StreamSnapshot.WaitingFor;

/**
 * What single connections and their streams tell. What several of them have in common is
 * one finding.
 */
final class ConnectionFindings {

	/** A network that carries anything brings an answer in this time. */
	private static final Duration SILENT = Duration.ofSeconds(1);

	/** Credit and readers that are late by less are part of every transfer. */
	private static final Duration HELD = Duration.ofSeconds(1);

	private static final Duration STARVED = Duration.ofSeconds(5);

	/** Many calls take a second or two; those that take longer are worth a look. */
	private static final Duration SLOW = Duration.ofSeconds(5);

	/** What is shown of many. */
	private static final int MOST_SHOWN = 10;

	private final List<ConnectionSnapshot> connections;

	private final Map<WaitingFor, List<Held>> held = new EnumMap<>(WaitingFor.class);

	private ConnectionFindings(List<ConnectionSnapshot> connections) {
		this.connections = connections;
		for (ConnectionSnapshot connection : connections) {
			for (StreamSnapshot stream : connection.streams()) {
				if (stream.waitingFor() != null) {
					this.held.computeIfAbsent(stream.waitingFor(), (none) -> new ArrayList<>())
						.add(new Held(connection, stream));
				}
			}
		}
	}

	static void find(Diagnosis to, List<ConnectionSnapshot> connections) {
		ConnectionFindings findings = new ConnectionFindings(connections);
		findings.pingUnanswered(to);
		findings.socketStalled(to);
		findings.uploadsStarve(to);
		findings.windowLimited(to);
		findings.slowReader(to);
		findings.serverSlow(to);
		findings.slowWriter(to);
	}

	private void pingUnanswered(Diagnosis to) {
		List<ConnectionSnapshot> silent = this.connections.stream().filter(ConnectionFindings::isSilent).toList();
		if (silent.isEmpty()) {
			return;
		}
		ConnectionSnapshot worst = silent.stream()
			.max(Comparator.comparing((connection) -> connection.diagnostics().lastRead()))
			.orElseThrow();
		Duration since = worst.diagnostics().lastRead();
		int streams = silent.stream().mapToInt(ConnectionSnapshot::activeStreams).sum();
		to.add(FindingKind.PING_UNANSWERED, Severity.CRITICAL,
				"The server answers no PING on " + Diagnosis.counted(silent.size(), "connection")
						+ "; nothing has come for " + Diagnosis.words(since) + ".",
				since,
				Diagnosis.evidence("connections", ids(silent), "pingsInFlight", worst.diagnostics().pingsInFlight(),
						"lastRead", since, "activeStreams", streams),
				"The server hangs, or the network has forgotten the connection (NAT, firewall). It is given up after "
						+ "the ping timeout, and new calls go elsewhere.",
				"h2.transport.ping-timeout");
	}

	private static boolean isSilent(ConnectionSnapshot connection) {
		ConnectionSnapshot.Diagnostics diagnostics = connection.diagnostics();
		return connection.state() != ConnectionState.CLOSED
				&& (diagnostics.pingsInFlight() > 0 || diagnostics.inDoubt())
				&& diagnostics.lastRead().compareTo(SILENT) >= 0;
	}

	private void socketStalled(Diagnosis to) {
		List<ConnectionSnapshot> stalled = this.connections.stream()
			.filter((connection) -> connection.diagnostics().writeStalled().compareTo(HELD) >= 0)
			.toList();
		if (stalled.isEmpty()) {
			return;
		}
		Duration since = stalled.stream()
			.map((connection) -> connection.diagnostics().writeStalled())
			.max(Comparator.naturalOrder())
			.orElseThrow();
		to.add(FindingKind.SOCKET_STALLED, Severity.CRITICAL,
				"The server has taken nothing from " + Diagnosis.counted(stalled.size(), "socket") + " for "
						+ Diagnosis.words(since) + ".",
				since,
				Diagnosis.evidence("connections", ids(stalled), "writeStalled", since, "activeStreams",
						stalled.stream().mapToInt(ConnectionSnapshot::activeStreams).sum()),
				"The server does not read, or packets get lost. The connection is given up after the write-stall "
						+ "timeout.",
				"h2.transport.write-stall-timeout");
	}

	/** As long as the transport waits before it sends new calls elsewhere. */
	private void uploadsStarve(Diagnosis to) {
		List<Held> late = late(EnumSet.of(WaitingFor.CONNECTION_WINDOW), STARVED);
		if (late.isEmpty()) {
			return;
		}
		to.add(FindingKind.UPLOADS_STARVE, Severity.CRITICAL,
				"The server has given no credit of the connection's window to "
						+ Diagnosis.counted(late.size(), "upload") + " for " + Diagnosis.words(longest(late)) + ".",
				longest(late), evidence(late, "sentBytes", StreamSnapshot::sentBytes),
				"The server does not read what it has, or executes requests in another order than they came. New calls "
						+ "use another connection, and these end at their deadlines. Let the server execute as many "
						+ "requests as it takes on a connection, or send it fewer at once on each.",
				"h2.transport.pool.max-streams-per-connection");
	}

	private void windowLimited(Diagnosis to) {
		List<Held> late = late(EnumSet.of(WaitingFor.STREAM_WINDOW, WaitingFor.CONNECTION_WINDOW), HELD);
		if (late.isEmpty()) {
			return;
		}
		long byConnection = late.stream().filter((each) -> each.waitsFor(WaitingFor.CONNECTION_WINDOW)).count();
		Map<String, Object> evidence = evidence(late, "sentBytes", StreamSnapshot::sentBytes);
		evidence.put("waitForConnectionWindow", byConnection);
		evidence.put("waitForStreamWindow", late.size() - byConnection);
		to.add(FindingKind.WINDOW_LIMITED, Severity.WARNING,
				Diagnosis.counted(late.size(), "upload") + " got no credit from the server for up to "
						+ Diagnosis.words(longest(late)) + ((byConnection > 0) ? " (connection window)." : "."),
				longest(late), evidence,
				(byConnection > 0)
						? "Uploads have used up the window of the whole connection, and the server does not read on. "
								+ "Other uploads on it wait too: find out why it does not read, or allow fewer streams on a "
								+ "connection to part them."
						: "The server's application does not read the upload: look at its load and at its logs.",
				(byConnection > 0) ? "h2.transport.pool.max-streams-per-connection" : null);
	}

	private void slowReader(Diagnosis to) {
		List<Held> late = late(EnumSet.of(WaitingFor.APPLICATION), HELD);
		if (late.isEmpty()) {
			return;
		}
		long octets = late.stream().mapToLong((each) -> each.stream().unreadBytes()).sum();
		to.add(FindingKind.SLOW_READER, Severity.WARNING,
				"The application does not read " + Diagnosis.counted(late.size(), "response") + "; " + octets
						+ " octets wait for it.",
				longest(late), evidence(late, "unreadBytes", StreamSnapshot::unreadBytes),
				"Read responses to their end, or close them. Each holds a slot and memory until then; the server is "
						+ "held back by flow control.",
				null);
	}

	private void serverSlow(Diagnosis to) {
		List<Held> late = late(EnumSet.of(WaitingFor.RESPONSE_HEAD), SLOW);
		if (late.isEmpty()) {
			return;
		}
		to.add(FindingKind.SERVER_SLOW, Severity.WARNING,
				Diagnosis.counted(late.size(), "request")
						+ " had no answer for up to " + Diagnosis.words(longest(late)) + ".",
				longest(late), evidence(late, "sentBytes", StreamSnapshot::sentBytes),
				"The connection works; the server's application takes its time: look at its load and at its logs. "
						+ "The response timeout says for how long a call waits for its answer.",
				"h2.transport.response-timeout");
	}

	private void slowWriter(Diagnosis to) {
		List<Held> late = late(EnumSet.of(WaitingFor.REQUEST_BODY), SLOW);
		if (late.isEmpty()) {
			return;
		}
		to.add(FindingKind.SLOW_WRITER, Severity.INFO,
				"The application has written nothing more of " + Diagnosis.counted(late.size(), "request")
						+ " for up to " + Diagnosis.words(longest(late)) + ".",
				longest(late), evidence(late, "sentBytes", StreamSnapshot::sentBytes),
				"The server and the connection would take more. Look at what produces the content.", null);
	}

	// ---- streams ----

	private List<Held> late(Set<WaitingFor> reasons, Duration least) {
		List<Held> late = new ArrayList<>();
		for (WaitingFor reason : reasons) {
			this.held.getOrDefault(reason, List.of())
				.stream()
				.filter((each) -> each.stream().waiting().compareTo(least) >= 0)
				.forEach(late::add);
		}
		late.sort(Comparator.comparing((Held each) -> each.stream().waiting()).reversed());
		return late;
	}

	private static Duration longest(List<Held> late) {
		return late.get(0).stream().waiting();
	}

	private static Map<String, Object> evidence(List<Held> late, String name, ToLongFunction<StreamSnapshot> part) {
		return Diagnosis.evidence("streams", late.size(), "where",
				late.stream().limit(MOST_SHOWN).map(Held::name).toList(), name,
				late.stream().map(Held::stream).mapToLong(part).sum());
	}

	private static List<String> ids(List<ConnectionSnapshot> connections) {
		return connections.stream().limit(MOST_SHOWN).map(ConnectionSnapshot::id).toList();
	}

	/**
	 * A stream that waits.
	 *
	 * @param connection where it is
	 * @param stream the stream
	 */
	private record Held(ConnectionSnapshot connection, StreamSnapshot stream) {

		boolean waitsFor(WaitingFor reason) {
			return this.stream.waitingFor() == reason;
		}

		/** As error messages name it, with what it does. */
		String name() {
			return this.connection.id() + " stream " + this.stream.id() + " " + this.stream.method();
		}

	}

}
