package io.github.h2transport.spring.diagnosis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.conn.StreamSnapshot.WaitingFor;
import io.github.h2transport.pool.EndReason;
import io.github.h2transport.pool.PoolSnapshot;
import io.github.h2transport.pool.PoolTotals;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever is woken at night reads full sentences: what was found, and what to do about
 * it.
 */
class FullSentencesTests {

	/** Sentences of which the first begins like one; a number may begin it too. */
	private static final String SENTENCES = "[A-Z0-9]\\S*( \\S+){3,}\\.";

	private static final ConnectionKey KEY = new ConnectionKey(new Origin("https", "api.example.com", 443), null, null);

	private static final Duration NONE = Duration.ZERO;

	private static final Duration LONG = Duration.ofSeconds(9);

	private static final PoolSnapshot.Recent QUIET = PoolSnapshot.Recent.NONE;

	@Test
	void everyFindingIsToldInFullSentences() {
		List<Finding> findings = all();

		assertThat(findings).extracting(Finding::kind).contains(FindingKind.values());
		assertThat(findings).allSatisfy((finding) -> {
			assertThat(finding.summary()).matches(SENTENCES);
			assertThat(finding.advice()).as("advice of " + finding.kind())
				.matches(SENTENCES)
				.as("the property has a field of its own")
				.doesNotContain("h2.transport.");
		});
	}

	private static List<Finding> all() {
		List<Finding> all = new ArrayList<>(Diagnosis.of(KEY, null, null));
		Http2Exception failure = new ConnectFailedException("no route", null,
				FailureContext.of(Initiator.PEER, Phase.CONNECT));
		for (Duration retryIn : new Duration[] { null, LONG }) {
			all.addAll(Diagnosis.of(KEY, null, new Http1Origin(KEY, "no ALPN", LONG, retryIn, 7)));
		}
		for (int open : new int[] { 0, 1 }) {
			add(all, pool(open, 0, failure, limits(8, 1000), QUIET), 0);
		}
		for (int pending : new int[] { 1, 90 }) {
			add(all, pool(0, 1, null, limits(8, 1000), pending, QUIET), pending,
					connection(ConnectionState.CONNECTING, false, 0, 1));
			add(all, pool(1, 0, null, limits(1, 1000), pending, QUIET), pending,
					connection(ConnectionState.OPEN, true, 1, 1));
			for (int slots : new int[] { 0, 1, 2 }) {
				ConnectionSnapshot full = connection(ConnectionState.OPEN, false, slots, slots);
				add(all, pool(1, 0, null, limits(1, 1000), pending, QUIET), pending, full);
				add(all, pool(1, 0, null, limits(8, 1000), pending, QUIET), pending, full);
				add(all, pool(1, 1, null, limits(8, 1000), pending, QUIET), pending, full);
				add(all, pool(1, 0, null, limits(8, slots), pending, QUIET), pending, full);
			}
		}
		PoolSnapshot.Recent troubled = new PoolSnapshot.Recent(Duration.ofMinutes(1), 9, 1, 9, 90, "too many", LONG);
		add(all, pool(1, 0, null, limits(8, 1000), troubled), 0, connection(ConnectionState.OPEN, false, 0, 9));
		add(all, new PoolSnapshot(1, 0, 0, NONE, null, NONE, PoolSnapshot.Limits.NONE,
				Map.of("c1", EndReason.ADDRESS_GONE), QUIET, PoolTotals.NONE), 0,
				connection(ConnectionState.OPEN, false, 0, 9));
		for (WaitingFor reason : WaitingFor.values()) {
			add(all, pool(1, 0, null, limits(8, 1000), QUIET), 0,
					connection(ConnectionState.OPEN, false, 1, 9, stream(1, reason)));
			add(all, pool(1, 0, null, limits(8, 1000), QUIET), 0,
					connection(ConnectionState.OPEN, false, 2, 9, stream(1, reason), stream(3, reason)));
		}
		add(all, pool(1, 0, null, limits(8, 1000), QUIET), 0, stalled());
		return all;
	}

	private static void add(List<Finding> to, PoolSnapshot pool, int pending, ConnectionSnapshot... connections) {
		to.addAll(Diagnosis.of(KEY, new OriginSnapshot(KEY, pending, List.of(connections), pool), null));
	}

	private static PoolSnapshot.Limits limits(int connections, int streams) {
		return new PoolSnapshot.Limits(connections, streams, 100);
	}

	private static PoolSnapshot pool(int open, int dialling, @Nullable Http2Exception dialFailure,
			PoolSnapshot.Limits limits, PoolSnapshot.Recent recent) {
		return pool(open, dialling, dialFailure, limits, 0, recent);
	}

	private static PoolSnapshot pool(int open, int dialling, @Nullable Http2Exception dialFailure,
			PoolSnapshot.Limits limits, int pending, PoolSnapshot.Recent recent) {
		return new PoolSnapshot(open, dialling, pending, LONG, dialFailure, NONE, limits, Map.of(), recent,
				PoolTotals.NONE);
	}

	private static ConnectionSnapshot connection(ConnectionState state, boolean singleUse, int active, int limit,
			StreamSnapshot... streams) {
		return connection(state, singleUse, active, limit, 0, NONE, streams);
	}

	private static ConnectionSnapshot stalled() {
		return connection(ConnectionState.OPEN, false, 1, 9, 1, LONG);
	}

	private static ConnectionSnapshot connection(ConnectionState state, boolean singleUse, int active, int limit,
			int pingsInFlight, Duration silent, StreamSnapshot... streams) {
		return new ConnectionSnapshot("c1", state, KEY, null, "10.0.0.5:50122", "10.0.0.9:443", LONG, NONE, singleUse,
				active, limit, active, 65535, 65535, Map.of(), Map.of(), null, new ConnectionSnapshot.Diagnostics(3,
						pingsInFlight, null, false, silent, silent, null, 0, 0, null, List.of()),
				List.of(streams));
	}

	private static StreamSnapshot stream(int id, WaitingFor waitingFor) {
		return new StreamSnapshot(id, "OPEN", "GET", "/", LONG, 0, 100, 100, 0, 0, waitingFor, LONG);
	}

}
