package io.github.h2transport.spring.diagnosis;

import java.time.Duration;
import java.util.Arrays;
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

/** From a snapshot to its findings; what is found in real situations is elsewhere. */
class DiagnosisTests {

	private static final ConnectionKey KEY = new ConnectionKey(new Origin("https", "api.example.com", 443), null, null);

	private static final Duration NONE = Duration.ZERO;

	@Test
	void anOriginOfWhichNothingIsKnownIsFine() {
		assertThat(Diagnosis.of(KEY, null, null)).singleElement().satisfies((finding) -> {
			assertThat(finding.kind()).isEqualTo(FindingKind.FINE);
			assertThat(finding.origin()).isEqualTo("https://api.example.com:443");
		});
	}

	@Test
	void aPoolThatTellsNothingIsNoReasonToFail() {
		assertThat(kinds(new OriginSnapshot(KEY, 2, List.of(connection(2, 2)))))
			.containsExactly(FindingKind.STREAM_LIMITED);
		assertThat(kinds(new OriginSnapshot(KEY, 2, List.of()))).containsExactly(FindingKind.FINE);
	}

	@Test
	void whoeverWaitsBesideAFreeSlotIsAboutToBeServed() {
		assertThat(kinds(origin(pool(1, null, NONE), 1, connection(1, 2)))).containsExactly(FindingKind.FINE);
	}

	@Test
	void anotherConnectionMayBeOnItsWay() {
		PoolSnapshot pool = new PoolSnapshot(1, 1, 3, Duration.ofMillis(20), null, NONE,
				new PoolSnapshot.Limits(8, 1000, 100), Map.of(), PoolSnapshot.Recent.NONE, PoolTotals.NONE);
		assertThat(Diagnosis.of(KEY, origin(pool, 3, connection(2, 2)), null)).singleElement().satisfies((finding) -> {
			assertThat(finding.summary())
				.isEqualTo("3 requests wait: all 2 slots of 1 connection are taken; another connection is on its way.");
			assertThat(finding.property()).isNull();
		});
	}

	@Test
	void aLimitOfTheServerIsNotTakenForOurOwn() {
		PoolSnapshot pool = new PoolSnapshot(1, 0, 3, Duration.ofMillis(20), null, NONE,
				new PoolSnapshot.Limits(1, 100, 1000), Map.of(), PoolSnapshot.Recent.NONE, PoolTotals.NONE);
		assertThat(Diagnosis.of(KEY, origin(pool, 3, connection(100, 100)), null)).singleElement()
			.satisfies((finding) -> assertThat(finding.property()).isEqualTo("h2.transport.pool.max-connections"));
	}

	@Test
	void dialsThatFailMatterLessWhileSomethingIsOpen() {
		Http2Exception failure = new ConnectFailedException("no route", null,
				FailureContext.of(Initiator.PEER, Phase.CONNECT));
		assertThat(Diagnosis.of(KEY, origin(pool(0, failure, Duration.ofMillis(400)), 0), null)).singleElement()
			.satisfies((finding) -> {
				assertThat(finding.severity()).isEqualTo(Severity.CRITICAL);
				assertThat(finding.evidence()).containsEntry("lastFailure", "no route")
					.containsEntry("retryIn", Duration.ofMillis(400));
			});
		assertThat(Diagnosis.of(KEY, origin(pool(1, failure, Duration.ofSeconds(3)), 0, connection(1, 2)), null))
			.singleElement()
			.satisfies((finding) -> {
				assertThat(finding.kind()).isEqualTo(FindingKind.DIAL_FAILING);
				assertThat(finding.severity()).isEqualTo(Severity.WARNING);
			});
	}

	@Test
	void theMostImportantComesFirst() {
		Http2Exception failure = new ConnectFailedException("no route", null,
				FailureContext.of(Initiator.PEER, Phase.CONNECT));
		ConnectionSnapshot reading = connection(2, 2, stream(1, WaitingFor.APPLICATION, Duration.ofSeconds(9)),
				stream(3, WaitingFor.RESPONSE_HEAD, Duration.ofSeconds(6)));
		List<Finding> findings = Diagnosis.of(KEY, origin(pool(0, failure, NONE), 4, reading), http1(null));

		assertThat(findings).extracting(Finding::kind)
			.containsExactly(FindingKind.DIAL_FAILING, FindingKind.STREAM_LIMITED, FindingKind.SLOW_READER,
					FindingKind.SERVER_SLOW, FindingKind.HTTP1_FALLBACK);
	}

	@Test
	void whatWaitsForAMomentOnlyIsNothing() {
		ConnectionSnapshot busy = connection(5, 100, stream(1, WaitingFor.APPLICATION, Duration.ofMillis(900)),
				stream(3, WaitingFor.STREAM_WINDOW, Duration.ofMillis(900)),
				stream(5, WaitingFor.RESPONSE_HEAD, Duration.ofSeconds(4)),
				stream(7, WaitingFor.RESPONSE_BODY, Duration.ofHours(1)),
				stream(9, WaitingFor.REQUEST_BODY, Duration.ofSeconds(4)));
		assertThat(kinds(origin(pool(1, null, NONE), 0, busy))).containsExactly(FindingKind.FINE);
	}

	@Test
	void manyStreamsAreOneFindingWithTheLongestFirst() {
		StreamSnapshot[] streams = new StreamSnapshot[30];
		Arrays.setAll(streams, (index) -> stream(2 * index + 1, WaitingFor.APPLICATION, Duration.ofSeconds(1 + index)));
		assertThat(Diagnosis.of(KEY, origin(pool(1, null, NONE), 0, connection(30, 100, streams)), null))
			.singleElement()
			.satisfies((finding) -> {
				assertThat(finding.since()).isEqualTo(Duration.ofSeconds(30));
				assertThat(finding.evidence()).containsEntry("streams", 30).containsEntry("unreadBytes", 3_000L);
				assertThat((List<?>) finding.evidence().get("where")).hasSize(10).first().isEqualTo("c1 stream 59 GET");
			});
	}

	@Test
	void addressesThatAreGoneAreNamed() {
		PoolSnapshot pool = new PoolSnapshot(1, 0, 0, NONE, null, NONE, PoolSnapshot.Limits.NONE,
				Map.of("c1", EndReason.ADDRESS_GONE, "c2", EndReason.MAX_LIFETIME), PoolSnapshot.Recent.NONE,
				PoolTotals.NONE);
		assertThat(Diagnosis.of(KEY, origin(pool, 0, connection(1, 2)), null)).singleElement().satisfies((finding) -> {
			assertThat(finding.kind()).isEqualTo(FindingKind.ADDRESS_GONE);
			assertThat(finding.evidence()).containsEntry("connections", List.of("c1 to 10.0.0.9:443"));
		});
	}

	@Test
	void theFallbackSaysWhetherItIsChosenOrForced() {
		assertThat(Diagnosis.of(KEY, null, http1(Duration.ofMinutes(4)))).singleElement().satisfies((finding) -> {
			assertThat(finding.kind().id()).isEqualTo("http1-fallback");
			assertThat(finding.since()).isEqualTo(Duration.ofMinutes(1));
			assertThat(finding.evidence()).containsOnlyKeys("reason", "calls", "retryIn");
			assertThat(finding.property()).isEqualTo("h2.transport.fallback");
		});
		assertThat(Diagnosis.of(KEY, null, http1(null))).singleElement().satisfies((finding) -> {
			assertThat(finding.evidence()).containsOnlyKeys("reason", "calls");
			assertThat(finding.property()).isEqualTo("h2.transport.allow-http");
		});
	}

	@Test
	void replaysAloneAreEnoughToTellThatRequestsAreTurnedAway() {
		PoolSnapshot pool = new PoolSnapshot(1, 0, 0, NONE, null, NONE, PoolSnapshot.Limits.NONE, Map.of(),
				new PoolSnapshot.Recent(Duration.ofMinutes(1), 0, 0, 0, 10, null, NONE), PoolTotals.NONE);
		assertThat(kinds(origin(pool, 0, connection(1, 2)))).containsExactly(FindingKind.REQUESTS_TURNED_AWAY);
	}

	private static List<FindingKind> kinds(OriginSnapshot origin) {
		return Diagnosis.of(KEY, origin, null).stream().map(Finding::kind).toList();
	}

	private static Http1Origin http1(@Nullable Duration retryIn) {
		return new Http1Origin(KEY, "no ALPN", Duration.ofMinutes(1), retryIn, 7);
	}

	private static OriginSnapshot origin(PoolSnapshot pool, int pending, ConnectionSnapshot... connections) {
		return new OriginSnapshot(KEY, pending, List.of(connections), pool);
	}

	private static PoolSnapshot pool(int open, @Nullable Http2Exception dialFailure, Duration retryIn) {
		return new PoolSnapshot(open, 0, 0, NONE, dialFailure, retryIn, new PoolSnapshot.Limits(8, 1000, 100), Map.of(),
				PoolSnapshot.Recent.NONE, PoolTotals.NONE);
	}

	private static ConnectionSnapshot connection(int active, int limit, StreamSnapshot... streams) {
		return new ConnectionSnapshot("c1", ConnectionState.OPEN, KEY, null, "10.0.0.5:50122", "10.0.0.9:443",
				Duration.ofMinutes(1), NONE, false, active, limit, active, 65535, 65535, Map.of(),
				Map.of("SETTINGS_MAX_CONCURRENT_STREAMS", (long) limit), null,
				new ConnectionSnapshot.Diagnostics(3, 0, null, false, NONE, NONE, null, 0, 0, null, List.of()),
				List.of(streams));
	}

	private static StreamSnapshot stream(int id, WaitingFor waitingFor, Duration waiting) {
		return new StreamSnapshot(id, "OPEN", "GET", "/", Duration.ofHours(1), 0, 100, 100, 0, 0, waitingFor, waiting);
	}

}
