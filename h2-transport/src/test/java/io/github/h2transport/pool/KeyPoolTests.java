package io.github.h2transport.pool;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.Doubt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When the pool of a key dials, waits, gives up and lets go. The clock and the
 * connections are the test's.
 */
class KeyPoolTests {

	private SimWorld world = world((options) -> {
	});

	private static SimWorld world(Consumer<TransportOptions.Builder> choice) {
		// Ageing is off, so that nothing happens by time alone unless a test wants it.
		TransportOptions.Builder options = TransportOptions.builder().maxLifetime(Duration.ZERO);
		choice.accept(options);
		return new SimWorld(0, options.build());
	}

	private SimConn opened(int number, int limit) {
		SimConn connection = this.world.connection(number).open().settings(limit);
		this.world.settle();
		return connection;
	}

	private long live() {
		return this.world.connections().stream().filter((connection) -> !connection.isGone()).count();
	}

	// ---- growth ----

	@Test
	void theFirstDialIsAloneUntilThePeersLimitIsKnown() {
		List<CompletableFuture<SimConn>> calls = this.world.ask(300);
		assertThat(this.world.connections()).hasSize(1);
		this.world.connection(1).open();
		this.world.settle();
		// 100 are assumed (RFC 9113 section 6.5.2); its limit may turn out to be enough.
		assertThat(calls).filteredOn(CompletableFuture::isDone).hasSize(100);
		assertThat(this.world.connections()).hasSize(1);
		this.world.connection(1).settings(1000);
		this.world.settle();
		assertThat(calls).allMatch(CompletableFuture::isDone);
		assertThat(this.world.connections()).hasSize(1);
	}

	@Test
	void onceTheLimitIsKnownAsManyAreDialledAtOnceAsTheQueueNeeds() {
		this.world.ask().thenAccept((connection) -> connection.free(true));
		opened(1, 10);
		List<CompletableFuture<SimConn>> calls = this.world.ask(45);
		// 10 run, 35 wait for 4 more connections of 10 each.
		assertThat(this.world.connections()).hasSize(5);
		for (int number = 2; number <= 5; number++) {
			opened(number, 10);
		}
		assertThat(calls).allMatch(CompletableFuture::isDone);
		assertThat(this.world.connections()).hasSize(5);
	}

	@Test
	void thereAreNeverMoreThanTheMaximum() {
		this.world.ask();
		opened(1, 10);
		this.world.ask(300);
		assertThat(this.world.connections()).hasSize(8);
		for (int number = 2; number <= 8; number++) {
			opened(number, 10);
		}
		this.world.ask(300);
		assertThat(this.world.connections()).hasSize(8);
	}

	@Test
	void strictHasOneConnectionAndDialsAnotherOnlyInItsPlace() {
		this.world = world((options) -> options.strictMaxConcurrentStreams(true));
		List<CompletableFuture<SimConn>> calls = this.world.ask(5);
		SimConn first = opened(1, 2);
		assertThat(calls).filteredOn(CompletableFuture::isDone).hasSize(5);
		List<CompletableFuture<SimConn>> waiting = this.world.ask(2);
		assertThat(this.world.connections()).hasSize(1);
		first.goAway();
		this.world.settle();
		assertThat(this.world.connections()).hasSize(2);
		opened(2, 2);
		assertThat(waiting).allMatch(CompletableFuture::isDone);
	}

	@Test
	void aLimitOfZeroIsThePeersWishAndOpensNothing() {
		this.world.ask();
		SimConn connection = opened(1, 5);
		connection.settings(0);
		CompletableFuture<SimConn> waiting = this.world.ask();
		this.world.pass(Duration.ofSeconds(20));
		assertThat(waiting).isNotDone();
		assertThat(this.world.connections()).hasSize(1);
		connection.settings(5);
		this.world.settle();
		assertThat(waiting).isCompletedWithValue(connection);
	}

	@Test
	void ourOwnCapIsBelowThePeers() {
		this.world = world((options) -> options.maxStreamsPerConnection(3).maxConnections(2));
		this.world.ask();
		opened(1, 100);
		this.world.ask(5);
		opened(2, 100);
		assertThat(this.world.connection(1).activeStreams()).isEqualTo(3);
		assertThat(this.world.connection(2).activeStreams()).isEqualTo(3);
		assertThat(this.world.ask()).isNotDone();
	}

	@Test
	void aConnectionIsForSoManyRequestsOnly() {
		this.world = world((options) -> options.maxRequestsPerConnection(2));
		this.world.ask(2);
		SimConn connection = opened(1, 100);
		CompletableFuture<SimConn> third = this.world.ask();
		assertThat(third).isNotDone();
		opened(2, 100);
		assertThat(third).isCompletedWithValue(this.world.connection(2));
		assertThat(connection.isGone()).isFalse();
		connection.free(true);
		connection.free(true);
		assertThat(connection.isGone()).isTrue();
	}

	/** As nginx does it: it says GOAWAY when it reads the last one that it takes. */
	@Test
	void aServersNumberOfRequestsIsKeptToWhenItsGoAwayComesAfterTheLastOfThem() {
		SimConn last = learnsTen();
		for (int number = 3; number < 50; number++) {
			last = successor(last, 10);
			assertThat(last.maxRequests()).isEqualTo(10);
			last.goAway(10);
		}
	}

	@Test
	void aNumberThatIsTriedAndTurnsOutTooLargeIsGivenUpThoughItsGoAwayComesLate() {
		SimConn last = learnsTen();
		for (int number = 3; number < 11; number++) {
			last = successor(last, 10);
			assertThat(last.maxRequests()).isEqualTo(10);
		}
		last = successor(last, 10);
		last = successor(last, 11);
		assertThat(last.maxRequests()).isEqualTo(11);
		last.goAway(10);
		last = successor(last, 11);
		assertThat(successor(last, 10).maxRequests()).isEqualTo(10);
	}

	/** One that has not had all its requests says nothing about their number. */
	@Test
	void connectionsThatEndForOtherReasonsAreNoReasonForMoreRequests() {
		SimConn last = learnsTen();
		for (int number = 3; number < 20; number++) {
			last = successor(last, 5);
			assertThat(last.maxRequests()).isEqualTo(10);
			this.world.pool().drain(last);
		}
	}

	/** Leaves a connection that the server has retired after ten requests of twelve. */
	private SimConn learnsTen() {
		this.world.ask(12);
		SimConn first = opened(1, 1000);
		first.goAway(10);
		SimConn second = successor(first, 12);
		second.goAway(10);
		return second;
	}

	/** Opens another connection while the last requests of one are under way. */
	private SimConn successor(SimConn last, int requests) {
		this.world.settle();
		List<CompletableFuture<SimConn>> calls = this.world.ask(requests);
		SimConn connection = opened(this.world.connections().size(), 1000);
		assertThat(calls).allMatch((call) -> call.isDone() && call.join() == connection);
		while (last.activeStreams() > 0) {
			last.free(true);
		}
		this.world.settle();
		assertThat(last.isGone()).isTrue();
		return connection;
	}

	@Test
	void theLeastLoadedIsChosenAndOfEqualsTheOldest() {
		this.world.ask();
		SimConn one = opened(1, 3);
		this.world.ask(5);
		SimConn two = opened(2, 3);
		one.free(true);
		one.free(true);
		two.free(true);
		this.world.settle();
		assertThat(this.world.ask()).isCompletedWithValue(one);
		assertThat(this.world.ask()).isCompletedWithValue(one);
		assertThat(this.world.ask()).isCompletedWithValue(two);
	}

	@Test
	void aConnectionOnTrialComesAfterAllOthersHoweverBusyTheyAre() {
		this.world.ask();
		SimConn one = opened(1, 3);
		this.world.ask(5);
		SimConn two = opened(2, 3);
		one.free(true);
		two.free(true);
		two.free(true);
		this.world.settle();
		two.doubt(Doubt.ASKED);
		assertThat(this.world.ask()).isCompletedWithValue(one);
		// Better than to wait: it is asked already, and what it cannot take goes
		// elsewhere.
		assertThat(this.world.ask()).isCompletedWithValue(two);
		one.free(true);
		this.world.settle();
		assertThat(this.world.ask()).isCompletedWithValue(one);
		two.doubt(Doubt.NONE);
		assertThat(this.world.ask()).isCompletedWithValue(two);
	}

	// ---- connections of which nobody knows whether they live ----

	@Test
	void besideAConnectionWhoseAnswerIsOverdueAFreshOneIsDialled() {
		this.world.ask();
		SimConn one = opened(1, 3);
		one.doubt(Doubt.OVERDUE);
		CompletableFuture<SimConn> next = this.world.ask();
		assertThat(next).isNotDone();
		SimConn two = opened(2, 3);
		assertThat(next).isCompletedWithValue(two);
		one.doubt(Doubt.NONE);
		assertThat(this.world.ask()).as("it is used again").isCompletedWithValue(one);
		assertThat(this.world.connections()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anOverdueConnectionIsReplacedByExactlyOneThoughNoMoreAreAllowed(boolean strict) {
		this.world = world((options) -> options.maxConnections(1).strictMaxConcurrentStreams(strict));
		this.world.ask();
		SimConn one = opened(1, 3);
		one.doubt(Doubt.OVERDUE);
		List<CompletableFuture<SimConn>> next = this.world.ask(10);
		SimConn two = opened(2, 3);
		assertThat(next.subList(0, 3)).allSatisfy((call) -> assertThat(call).isCompletedWithValue(two));
		assertThat(this.world.connections()).hasSize(2);
		one.doubt(Doubt.NONE);
		this.world.settle();
		assertThat(next.subList(3, 5)).allSatisfy((call) -> assertThat(call).isCompletedWithValue(one));
		two.lose();
		this.world.settle();
		assertThat(this.world.connections()).as("as many as are allowed").hasSize(2);
	}

	@Test
	void whoWaitsWhenTheAnswerBecomesOverdueIsDialledFor() {
		this.world = world((options) -> options.maxConnections(1));
		this.world.ask();
		SimConn one = opened(1, 1);
		CompletableFuture<SimConn> waits = this.world.ask();
		assertThat(this.world.connections()).hasSize(1);
		one.doubt(Doubt.OVERDUE);
		this.world.settle();
		SimConn two = opened(2, 1);
		assertThat(waits).isCompletedWithValue(two);
	}

	@Test
	void ifNoFreshOneCanBeDialledAnOverdueConnectionIsWaitedFor() {
		this.world.ask();
		SimConn one = opened(1, 3);
		one.doubt(Doubt.OVERDUE);
		CompletableFuture<SimConn> waits = this.world.ask();
		this.world.connection(2).fail();
		this.world.settle();
		assertThat(waits).isNotDone();
		one.doubt(Doubt.NONE);
		this.world.settle();
		assertThat(waits).isCompletedWithValue(one);
	}

	@Test
	void ifTheOverdueConnectionEndsAndNoneCanBeDialledThoseWhoWaitFail() {
		this.world.ask();
		SimConn one = opened(1, 3);
		one.doubt(Doubt.OVERDUE);
		CompletableFuture<SimConn> waits = this.world.ask();
		this.world.connection(2).fail();
		one.lose();
		this.world.pass(Duration.ofSeconds(2));
		this.world.connection(3).fail();
		assertThat(waits).isCompletedExceptionally();
	}

	@Test
	void aSilentConnectionIsLeftForAFreshOneAndTakenIfThereCanBeNone() {
		this.world.ask();
		SimConn one = opened(1, 3);
		one.doubt(Doubt.SILENT);
		CompletableFuture<SimConn> next = this.world.ask();
		assertThat(next).isNotDone();
		this.world.connection(2).fail();
		this.world.settle();
		assertThat(next).isCompletedWithValue(one);
	}

	@Test
	void silentConnectionsDoNotPileUp() {
		this.world = world((options) -> options.maxConnections(2));
		for (int i = 1; i <= 3; i++) {
			this.world.ask();
			opened(i, 100).doubt(Doubt.SILENT);
		}
		for (int i = 0; i < 50; i++) {
			assertThat(this.world.ask()).isDone();
		}
		assertThat(this.world.connections()).hasSize(3);
	}

	// ---- dials that fail ----

	@Test
	void aFailedDialFailsEverybodyWhoWaits() {
		List<CompletableFuture<SimConn>> calls = this.world.ask(3);
		this.world.connection(1).fail();
		for (CompletableFuture<SimConn> call : calls) {
			assertThatExceptionOfType(CompletionException.class).isThrownBy(call::join)
				.withCauseInstanceOf(ConnectFailedException.class);
		}
		assertThat(this.world.pool().pending()).isZero();
	}

	@Test
	void thePauseAfterFailuresGrowsIsBoundedAndEndsWithSuccess() {
		long last = 0;
		for (int failures = 1; failures <= 8; failures++) {
			this.world.ask();
			long pause = untilNextDial(failures);
			assertThat(pause).isGreaterThanOrEqualTo(Math.min(last, 500));
			assertThat(pause).isLessThanOrEqualTo(600);
			last = pause;
			this.world.connection(failures).fail();
			this.world.settle();
		}
		assertThat(last).isGreaterThanOrEqualTo(500);
		this.world.ask();
		untilNextDial(9);
		opened(9, 100).lose();
		this.world.settle();
		this.world.ask();
		assertThat(untilNextDial(10)).isZero();
	}

	/** Milliseconds until the dial of that number begins. */
	private long untilNextDial(int number) {
		long millis = 0;
		while (this.world.connections().size() < number) {
			this.world.pass(Duration.ofMillis(1));
			millis++;
			assertThat(millis).isLessThan(60_000);
		}
		return millis;
	}

	@Test
	void beyondOpenConnectionsThePauseIsLongerAndNobodyFails() {
		this.world.ask();
		SimConn one = opened(1, 1);
		CompletableFuture<SimConn> waiting = this.world.ask();
		this.world.connection(2).fail();
		this.world.settle();
		assertThat(waiting).isNotDone();
		assertThat(untilNextDial(3)).isBetween(1_000L, 1_201L);
		this.world.connection(3).fail();
		assertThat(untilNextDial(4)).isBetween(2_000L, 2_401L);
		one.free(true);
		this.world.settle();
		assertThat(waiting).isCompletedWithValue(one);
		assertThat(this.world.totals().dialsFailed()).isEqualTo(2);
	}

	@Test
	void ifTheLastOpenConnectionGoesThePauseIsCutShort() {
		this.world.ask();
		SimConn one = opened(1, 1);
		CompletableFuture<SimConn> waiting = this.world.ask();
		this.world.connection(2).fail();
		one.lose();
		this.world.settle();
		assertThat(untilNextDial(3)).isLessThan(70);
		opened(3, 1);
		assertThat(waiting).isCompletedWithValue(this.world.connection(3));
	}

	@Test
	void aServerThatEndsEachConnectionUnansweredIsNotHammered() {
		for (int number = 1; number <= 3; number++) {
			this.world.ask(true, number > 1);
			assertThat(untilNextDial(number)).as("the retry goes on at once").isZero();
			opened(number, 100).free(false);
			this.world.connection(number).goAway();
			this.world.settle();
		}
		this.world.ask(true, true);
		assertThat(untilNextDial(4)).isGreaterThan(100);
	}

	@Test
	void aConnectionInDoubtIsWaitedForBeforeAnotherDial() {
		CompletableFuture<SimConn> replayable = this.world.ask();
		CompletableFuture<SimConn> once = this.world.ask(false, false);
		SimConn connection = this.world.connection(1).open();
		this.world.settle();
		assertThat(replayable).isDone();
		assertThat(once).isNotDone();
		connection.lose();
		this.world.settle();
		assertThat(this.world.connections()).hasSize(1);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(once::join)
			.withCauseInstanceOf(ConnectFailedException.class);
	}

	// ---- waiting ----

	@Test
	void aFullQueueSaysSo() {
		this.world = world((options) -> options.strictMaxConcurrentStreams(true).maxPending(2));
		this.world.ask();
		opened(1, 1);
		this.world.ask(2);
		this.world.pass(Duration.ofSeconds(3));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(this.world.ask()::join)
			.withCauseInstanceOf(PoolException.class)
			.satisfies((ex) -> {
				PoolException failure = (PoolException) ex.getCause();
				assertThat(failure.reason()).isEqualTo(PoolException.Reason.QUEUE_FULL);
				assertThat(failure.pending()).isEqualTo(2);
				assertThat(failure.oldestWait()).isEqualTo(Duration.ofSeconds(3));
				assertThat(failure).hasMessageContaining("h2.transport.pool.max-pending")
					.hasMessageContaining("2 requests wait")
					.hasMessageContaining("3000 ms")
					.hasMessageContaining("c1 with 1 of 1 streams");
			});
		assertThat(this.world.totals().pendingHighWater()).isEqualTo(2);
	}

	@Test
	void whoWasTurnedAwayGoesFirst() {
		this.world = world((options) -> options.strictMaxConcurrentStreams(true));
		this.world.ask();
		SimConn connection = opened(1, 1);
		CompletableFuture<SimConn> newcomer = this.world.ask();
		CompletableFuture<SimConn> turnedAway = this.world.ask(true, true);
		connection.free(true);
		this.world.settle();
		assertThat(turnedAway).isDone();
		assertThat(newcomer).isNotDone();
	}

	@Test
	void theSnapshotTellsWhatWaitsAndForHowLong() {
		this.world = world((options) -> options.maxConnections(2));
		this.world.ask();
		opened(1, 1);
		this.world.ask();
		this.world.pass(Duration.ofSeconds(2));
		this.world.ask();
		PoolSnapshot snapshot = this.world.pool().snapshot();
		assertThat(snapshot.open()).isEqualTo(1);
		assertThat(snapshot.dialling()).isEqualTo(1);
		assertThat(snapshot.pending()).isEqualTo(2);
		assertThat(snapshot.oldestWait()).isEqualTo(Duration.ofSeconds(2));
		assertThat(snapshot.totals().waits()).isEqualTo(3);
	}

	// ---- age and place ----

	@Test
	void anOldConnectionInUseIsReplacedFirst() {
		this.world = world((options) -> options.maxLifetime(Duration.ofMinutes(30)));
		this.world.ask();
		SimConn old = opened(1, 100);
		this.world.pass(Duration.ofMinutes(26));
		assertThat(this.world.connections()).hasSize(1);
		this.world.pass(Duration.ofMinutes(8));
		assertThat(this.world.connections()).hasSize(2);
		assertThat(this.world.ask()).as("until the other one is there").isCompletedWithValue(old);
		SimConn next = opened(2, 100);
		assertThat(old.isAccepting()).isFalse();
		assertThat(old.isGone()).isFalse();
		assertThat(this.world.ask()).isCompletedWithValue(next);
		old.free(true);
		old.free(true);
		this.world.settle();
		assertThat(this.world.totals().closed()).containsEntry(EndReason.MAX_LIFETIME, 1L);
	}

	@Test
	void anOldConnectionThatNobodyUsesJustGoes() {
		this.world = world((options) -> options.maxLifetime(Duration.ofMinutes(30)));
		this.world.ask();
		opened(1, 100).free(true);
		this.world.pass(Duration.ofMinutes(34));
		assertThat(this.world.connections()).hasSize(1);
		assertThat(live()).isZero();
		assertThat(this.world.timers()).isZero();
	}

	@Test
	void whereTheMaximumLeavesNoRoomTheOldOneGoesFirst() {
		this.world = world((options) -> options.maxLifetime(Duration.ofMinutes(30)).strictMaxConcurrentStreams(true));
		this.world.ask();
		SimConn old = opened(1, 1);
		CompletableFuture<SimConn> waiting = this.world.ask();
		// The dial that takes its place must not be left alone for longer than it may
		// take.
		for (int seconds = 0; old.isAccepting() && seconds < 34 * 60; seconds++) {
			this.world.pass(Duration.ofSeconds(1));
		}
		assertThat(old.isAccepting()).isFalse();
		opened(2, 1);
		assertThat(waiting).isCompletedWithValue(this.world.connection(2));
	}

	@Test
	void aReplacementThatCannotBeDialledLeavesTheOldOneInPlace() {
		this.world = world((options) -> options.maxLifetime(Duration.ofMinutes(30)));
		this.world.ask();
		SimConn old = opened(1, 100);
		this.world.pass(Duration.ofMinutes(34));
		this.world.connection(2).fail();
		assertThat(this.world.ask()).isCompletedWithValue(old);
		this.world.pass(Duration.ofMillis(1_300));
		assertThat(this.world.connections()).hasSize(3);
		opened(3, 100);
		assertThat(old.isAccepting()).isFalse();
	}

	@Test
	void connectionsOfOneAgeDoNotEndTogether() {
		this.world = world((options) -> options.maxLifetime(Duration.ofMinutes(30)));
		this.world.ask();
		opened(1, 1);
		this.world.ask(7);
		for (int number = 2; number <= 8; number++) {
			opened(number, 1);
		}
		this.world.pass(Duration.ofMinutes(30));
		assertThat(this.world.connections().stream().filter(SimConn::isAccepting).count()).isBetween(1L, 7L);
	}

	@Test
	void anAddressThatIsGoneIsLeftWhenAnotherIsThere() {
		this.world = world((options) -> options.dnsRefreshInterval(Duration.ofSeconds(30)));
		this.world.ask();
		SimConn old = opened(1, 100);
		this.world.pass(Duration.ofSeconds(31));
		assertThat(this.world.lookUps()).isEqualTo(1);
		this.world.addresses(SimWorld.address(2));
		this.world.pass(Duration.ofSeconds(31));
		assertThat(old.isAccepting()).isTrue();
		SimConn next = opened(2, 100);
		assertThat(next.remoteAddress()).isEqualTo(SimWorld.address(2));
		assertThat(old.isAccepting()).isFalse();
		assertThat(this.world.pool().snapshot().leaving()).containsOnly(Map.entry(old.name(), EndReason.ADDRESS_GONE));
		old.free(true);
		this.world.settle();
		assertThat(this.world.pool().snapshot().leaving()).isEmpty();
		assertThat(this.world.totals().closed()).containsEntry(EndReason.ADDRESS_GONE, 1L);
	}

	@Test
	void aLookUpThatFindsNothingChangesNothing() {
		this.world = world((options) -> options.dnsRefreshInterval(Duration.ofSeconds(30)));
		this.world.ask();
		SimConn connection = opened(1, 100);
		this.world.addresses();
		this.world.pass(Duration.ofMinutes(5));
		assertThat(this.world.lookUps()).isEqualTo(10);
		assertThat(connection.isAccepting()).isTrue();
		assertThat(this.world.connections()).hasSize(1);
	}

	@Test
	void connectionsSpreadOverAddressesIfToldSo() {
		this.world = world((options) -> options.spreadAddresses(true).maxConnections(4));
		this.world.addresses(SimWorld.address(1), SimWorld.address(2));
		this.world.ask();
		opened(1, 1);
		this.world.ask(3);
		for (int number = 2; number <= 4; number++) {
			opened(number, 1);
		}
		assertThat(this.world.connections()).extracting(SimConn::remoteAddress)
			.containsExactly(SimWorld.address(1), SimWorld.address(2), SimWorld.address(1), SimWorld.address(2));
	}

	@Test
	void spreadConnectionsTakeTurnsWithOneCallAtATime() {
		this.world = world((options) -> options.spreadAddresses(true).minConnections(3).maxConnections(3));
		CompletableFuture<SimConn> first = this.world.ask();
		for (int number = 1; number <= 3; number++) {
			opened(number, 100);
		}
		first.join().free(true);
		Map<SimConn, Integer> calls = new HashMap<>();
		for (int i = 0; i < 30; i++) {
			SimConn connection = this.world.ask().join();
			calls.merge(connection, 1, Integer::sum);
			connection.free(true);
		}
		assertThat(calls).hasSize(3).allSatisfy((connection, count) -> assertThat(count).isEqualTo(10));
	}

	// ---- connections that nobody asked for ----

	@Test
	void theMinimumIsOpenedWithTheFirstRequestAndKept() {
		this.world = world((options) -> options.minConnections(3));
		CompletableFuture<SimConn> call = this.world.ask();
		assertThat(this.world.connections()).hasSize(3);
		for (int number = 1; number <= 3; number++) {
			opened(number, 100);
		}
		assertThat(call).isDone();
		call.join().free(true);
		assertThat(this.world.connections()).allMatch(SimConn::isKeptIdle);
		this.world.connection(2).goAway();
		this.world.settle();
		assertThat(this.world.connections()).hasSize(4);
	}

	@Test
	void aKeyThatKeepsNothingAnyMoreOpensOnlyWhatRequestsNeed() {
		this.world = world((options) -> options.minConnections(3));
		CompletableFuture<SimConn> call = this.world.ask();
		for (int number = 1; number <= 3; number++) {
			opened(number, 100);
		}
		call.join().free(true);
		this.world.pool().keepNone();
		assertThat(this.world.connections()).hasSize(3).noneMatch(SimConn::isKeptIdle);
		this.world.connections().forEach(SimConn::goAway);
		this.world.pass(Duration.ofHours(1));
		assertThat(this.world.connections()).hasSize(3);
	}

	@Test
	void aMinimumThatCannotBeDialledIsNotTriedForEver() {
		this.world = world((options) -> options.minConnections(2));
		this.world.ask();
		this.world.connection(1).fail();
		this.world.connection(2).fail();
		this.world.pass(Duration.ofHours(1));
		assertThat(this.world.connections()).hasSize(2);
		assertThat(this.world.hasPool()).isFalse();
		assertThat(this.world.timers()).isZero();
	}

	@Test
	void aServerThatEndsTheMinimumUnusedIsNotHammered() {
		this.world = world((options) -> options.minConnections(1));
		this.world.onDial((connection) -> this.world.soon(() -> connection.open().settings(100).goAway()));
		this.world.pool().warmUp(Duration.ofSeconds(1));
		this.world.pass(Duration.ofSeconds(10));
		assertThat(this.world.connections()).hasSizeLessThan(40);
	}

	@Test
	void aWarmUpIsOverWhenItsConnectionsSpeakHttp2() {
		this.world = world((options) -> options.minConnections(2));
		CompletableFuture<Void> warm = this.world.pool().warmUp(Duration.ofSeconds(1));
		opened(1, 100);
		this.world.connection(2).open();
		assertThat(warm).isNotDone();
		this.world.connection(2).settings(100);
		this.world.settle();
		assertThat(warm).isCompleted();
		assertThat(this.world.pool().warmUp(Duration.ofSeconds(1))).isCompleted();
	}

	@Test
	void aWarmUpFailsAsItsDialDoes() {
		CompletableFuture<Void> warm = this.world.pool().warmUp(Duration.ofSeconds(1));
		this.world.connection(1).fail();
		assertThat(warm).isCompletedExceptionally();
		this.world.pass(Duration.ofMinutes(1));
		assertThat(this.world.connections()).hasSize(1);
	}

	// ---- the end ----

	@Test
	void aDrainedConnectionTakesNothingNewAndIsCounted() {
		this.world.ask();
		SimConn connection = opened(1, 100);
		this.world.pool().drain(connection);
		this.world.ask();
		assertThat(this.world.connections()).hasSize(2);
		connection.free(true);
		this.world.settle();
		assertThat(connection.isGone()).isTrue();
		assertThat(this.world.totals().closed()).containsOnly(java.util.Map.entry(EndReason.DRAINED, 1L));
	}

	@Test
	void closingFailsWhoWaitsAndLeavesNoTimer() {
		this.world = world((options) -> options.maxLifetime(Duration.ofMinutes(30)).strictMaxConcurrentStreams(true));
		this.world.ask();
		opened(1, 1);
		CompletableFuture<SimConn> waiting = this.world.ask();
		assertThat(this.world.timers()).isPositive();
		this.world.pool()
			.close(new CallCancelledException("closed", null, FailureContext.of(Initiator.CALLER, Phase.POOL)));
		assertThat(waiting).isCompletedExceptionally();
		assertThat(this.world.timers()).isZero();
		assertThat(this.world.pool().await(this.world.request(true, false))).isNull();
	}

	@Test
	void aKeyWithoutConnectionsAndRequestsIsForgotten() {
		this.world.ask().thenAccept((connection) -> connection.free(true));
		opened(1, 100).closeIfIdle(Duration.ZERO);
		this.world.settle();
		assertThat(this.world.hasPool()).isFalse();
		assertThat(this.world.timers()).isZero();
		assertThat(this.world.totals().closed()).containsOnlyKeys(EndReason.IDLE);
	}

}
