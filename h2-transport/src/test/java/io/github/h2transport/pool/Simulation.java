package io.github.h2transport.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.conn.Doubt;
import org.jspecify.annotations.Nullable;

/**
 * One life of a pool, in an order that depends on a seed alone: callers come and go,
 * dials succeed, fail and hang, servers state limits, send GOAWAY, break and recover.
 * After each event it looks whether a rule was broken.
 */
final class Simulation {

	private static final int EVENTS = 60;

	private static final long MILLI = 1_000_000L;

	private final SimWorld world;

	private final Random random;

	/** Decides of doubts, and of nothing else; {@code null} in a life without any. */
	private final @Nullable Random doubts;

	private final TransportOptions options;

	private final List<SimCaller> callers = new ArrayList<>();

	/** Those that stand in line, in their order; retries apart. */
	private final Set<SimCaller> line = new LinkedHashSet<>();

	private final Set<SimCaller> returned = new LinkedHashSet<>();

	/** What a server would tell a new connection. */
	private int serverLimit;

	private boolean serverUp = true;

	private boolean closed;

	/** Whether somebody cancels while others are being told. */
	private boolean meanwhile;

	private @Nullable String broken;

	Simulation(long seed, boolean doubts) {
		this.doubts = doubts ? new Random(seed * 17 + 3) : null;
		Random choice = new Random(seed * 31 + 7);
		this.options = options(choice);
		this.world = new SimWorld(seed, this.options);
		this.random = this.world.chance();
		this.serverLimit = limit();
		this.world.onDial(this::dialled);
	}

	private static TransportOptions options(Random choice) {
		TransportOptions.Builder options = TransportOptions.builder()
			.acquireTimeout(Duration.ofMillis(500 + choice.nextInt(5_000)))
			.connectTimeout(Duration.ofMillis(100 + choice.nextInt(2_000)))
			.idleTimeout(Duration.ofMillis(200 + choice.nextInt(3_000)))
			.maxConnections(1 + choice.nextInt(6))
			.maxPending(choice.nextInt(4) == 0 ? 3 : 1_000)
			.strictMaxConcurrentStreams(choice.nextInt(4) == 0)
			.singleUse(choice.nextInt(10) == 0)
			.maxSingleUse(1 + choice.nextInt(5))
			.minConnections(choice.nextInt(3) == 0 ? choice.nextInt(4) : 0)
			.maxStreamsPerConnection(choice.nextInt(3) == 0 ? 1 + choice.nextInt(4) : 1_000)
			.maxRequestsPerConnection(choice.nextInt(3) == 0 ? 1 + choice.nextInt(10) : 0)
			.maxLifetime(Duration.ofMillis(choice.nextInt(2) == 0 ? 0 : 500 + choice.nextInt(5_000)))
			.dnsRefreshInterval(Duration.ofMillis(choice.nextInt(3) == 0 ? 300 + choice.nextInt(2_000) : 0))
			.spreadAddresses(choice.nextBoolean());
		return options.build();
	}

	/** Lives through everything, and throws if a rule was broken. */
	void run() {
		for (int i = 0; i < EVENTS; i++) {
			this.world.pass(Duration.ofNanos(pause()));
			act();
			doubt();
			check();
			// Some of what follows happens before the next event, some after it.
			for (int steps = this.random.nextInt(4); steps > 0; steps--) {
				this.world.step();
				check();
			}
		}
		end();
	}

	private long pause() {
		int kind = this.random.nextInt(10);
		return (kind < 5) ? 0 : (kind < 9) ? this.random.nextInt(50) * MILLI : this.random.nextInt(1_500) * MILLI;
	}

	private int limit() {
		int kind = this.random.nextInt(6);
		return (kind == 0) ? 0 : (kind < 4) ? 1 + this.random.nextInt(3) : 1 + this.random.nextInt(200);
	}

	// ---- what happens ----

	private void act() {
		switch (this.random.nextInt(16)) {
			case 0, 1, 2, 3 -> come(1 + this.random.nextInt(3));
			case 4 -> come(1 + this.random.nextInt(20));
			case 5 -> cancel();
			case 6 -> anyConnection().ifOpen(SimConn::goAway);
			case 7 -> anyConnection().ifOpen(SimConn::lose);
			case 8 -> {
				this.serverLimit = limit();
				anyConnection().ifOpen((connection) -> connection.settings(this.serverLimit));
			}
			case 9 -> {
				this.serverLimit = Math.max(1, limit());
				this.world.live()
					.stream()
					.filter((connection) -> connection.isAccepting() && connection.knowsLimit())
					.toList()
					.forEach((connection) -> connection.settings(this.serverLimit));
			}
			case 10 -> this.serverUp = this.random.nextInt(3) > 0;
			case 11 -> anyConnection().ifOpen((connection) -> {
				this.world.trace("drain", connection.name());
				this.world.pool().drain(connection);
			});
			case 12 -> warmUp();
			case 13 -> addresses();
			case 14 -> this.world.live().forEach((connection) -> connection.closeIfIdle(this.options.idleTimeout()));
			default -> this.world.pass(Duration.ofMillis(this.random.nextInt(700)));
		}
	}

	/** A peer falls silent, is asked, and is heard of again or is not. */
	private void doubt() {
		Random chance = this.doubts;
		List<SimConn> open = this.world.live().stream().filter(SimConn::isAccepting).toList();
		if (chance == null || open.isEmpty() || chance.nextInt(3) > 0) {
			return;
		}
		for (int i = chance.nextInt(open.size()); i < open.size(); i++) {
			SimConn connection = open.get(i);
			switch (chance.nextInt(4)) {
				case 0 -> connection.doubt(Doubt.ASKED);
				case 1 -> connection.doubt(Doubt.SILENT);
				case 2 -> connection.doubt(Doubt.NONE);
				default -> {
					connection.doubt(Doubt.OVERDUE);
					this.world.at(chance.nextInt(4_000) * MILLI, () -> {
						connection.doubt(Doubt.NONE);
						if (chance.nextBoolean()) {
							connection.lose();
						}
					});
				}
			}
		}
	}

	private void come(int count) {
		for (int i = 0; i < count; i++) {
			long deadline = this.world.nanoTime() + this.options.acquireTimeout().toNanos();
			SimCaller caller = new SimCaller(this.callers.size() + 1, this.random.nextInt(4) > 0, deadline);
			this.callers.add(caller);
			ask(caller);
		}
	}

	private void ask(SimCaller caller) {
		caller.asks();
		if (this.closed) {
			caller.ends("finds it closed");
			return;
		}
		CompletableFuture<SimConn> future = this.world.ask(caller.isReplayable(), caller.isRetry());
		if (future.isDone()) {
			served(caller, future);
			return;
		}
		this.world.trace("#" + caller.number(), "waits");
		(caller.isRetry() ? this.returned : this.line).add(caller);
		caller.waitsFor(future);
		long left = Math.max(0, caller.deadline() - this.world.nanoTime());
		this.world.at(left, () -> giveUp(caller, future, "times out"));
		future.whenComplete((connection, failure) -> {
			if (!future.isCancelled()) {
				served(caller, future);
			}
		});
	}

	private void giveUp(SimCaller caller, CompletableFuture<SimConn> future, String how) {
		if (!future.isDone()) {
			// The next ones are served within the cancel.
			this.line.remove(caller);
			this.returned.remove(caller);
			this.world.trace("#" + caller.number(), how);
			caller.ends(how);
			future.cancel(false);
		}
	}

	private void cancel() {
		List<SimCaller> waiting = new ArrayList<>(this.line);
		waiting.addAll(this.returned);
		if (!waiting.isEmpty()) {
			SimCaller caller = waiting.get(this.random.nextInt(waiting.size()));
			CompletableFuture<SimConn> future = caller.waiting();
			if (future != null) {
				giveUp(caller, future, "cancels");
			}
		}
	}

	private void served(SimCaller caller, CompletableFuture<SimConn> future) {
		boolean failed = future.isCompletedExceptionally();
		if (!failed) {
			checkTurn(caller);
		}
		this.line.remove(caller);
		this.returned.remove(caller);
		if (failed) {
			this.world.trace("#" + caller.number(), "fails");
			caller.ends("fails");
			return;
		}
		SimConn connection = future.join();
		this.world.trace("#" + caller.number(), "gets", connection.name());
		if (this.random.nextInt(20) == 0) {
			// Also one that has its slot already, but was not told yet.
			boolean before = this.meanwhile;
			this.meanwhile = true;
			cancel();
			this.meanwhile = before;
		}
		this.world.at(this.random.nextInt(2) * MILLI, () -> start(caller, connection));
	}

	private void start(SimCaller caller, SimConn connection) {
		boolean refusedByServer = connection.knowsLimit() && connection.activeStreams() > connection.limit();
		if (connection.isRefusing() || refusedByServer) {
			this.world.trace("#" + caller.number(), "is turned away by", connection.name());
			connection.release();
			if (caller.attempts() < 20 && this.world.nanoTime() - caller.deadline() < 0) {
				ask(caller);
			}
			else {
				caller.ends("is turned away");
			}
			return;
		}
		this.world.at(this.random.nextInt(300) * MILLI, () -> {
			connection.free(true);
			caller.ends("is answered");
		});
	}

	private void dialled(SimConn connection) {
		checkNumbers();
		List<SimConn> there = this.world.live()
			.stream()
			.filter((one) -> one.isDialling() || one.isAccepting())
			.toList();
		assertThatHolds(this.options.singleUse() || there.size() <= most() + forgiven(there), "dials", connection,
				"though there are", there);
		long timeout = connection.connectTimeout().toNanos();
		int kind = this.random.nextInt(10);
		boolean slow = kind == 0;
		long delay = slow ? timeout : Math.min(timeout, this.random.nextInt(60) * MILLI);
		this.world.at(delay, () -> {
			if (!this.serverUp || slow || this.random.nextInt(12) == 0) {
				connection.fail();
			}
			else {
				connection.open();
				if (this.random.nextInt(10) == 0) {
					this.world.at(this.random.nextInt(20) * MILLI, connection::lose);
				}
				else {
					this.world.at(this.random.nextInt(40) * MILLI, () -> connection.settings(this.serverLimit));
				}
			}
		});
	}

	private void warmUp() {
		if (!this.closed) {
			this.world.trace("warm-up");
			this.world.pool().warmUp(this.options.connectTimeout());
		}
	}

	private void addresses() {
		int first = 1 + this.random.nextInt(3);
		this.world.addresses(SimWorld.address(first), SimWorld.address(first + 1));
	}

	private Chosen anyConnection() {
		List<SimConn> open = this.world.live().stream().filter(SimConn::isAccepting).toList();
		return (action) -> {
			if (!open.isEmpty()) {
				action.accept(open.get(this.random.nextInt(open.size())));
			}
		};
	}

	/** A connection, if there is one. */
	private interface Chosen {

		void ifOpen(Consumer<SimConn> action);

	}

	private void end() {
		boolean abrupt = this.random.nextInt(3) == 0;
		if (!abrupt) {
			// In peace everybody is served in time or told.
			this.serverUp = true;
			this.world.pass(this.options.acquireTimeout().plusSeconds(3));
			check();
			assertThatHolds(this.line.isEmpty() && this.returned.isEmpty(), "somebody still waits:", this.line);
		}
		this.closed = true;
		this.world.trace("close");
		if (this.world.hasPool()) {
			this.world.pool()
				.close(PoolException.of(PoolException.Reason.CLOSED, "closed", null,
						FailureContext.of(Initiator.CALLER, Phase.POOL)));
		}
		assertThatHolds(this.line.isEmpty() && this.returned.isEmpty(), "close leaves waiting:", this.line);
		assertThatHolds(this.world.timers() == 0, this.world.timers(), "timers outlive the pool");
		this.world.connections().stream().filter(SimConn::isAccepting).toList().forEach(SimConn::drain);
		while (this.world.step()) {
			check();
		}
		this.world.connections().stream().filter(SimConn::isAccepting).toList().forEach(SimConn::drain);
		while (this.world.step()) {
			check();
		}
		for (SimCaller caller : this.callers) {
			assertThatHolds(caller.isOver(), caller, "never ended");
		}
		for (SimConn connection : this.world.connections()) {
			assertThatHolds(connection.activeStreams() == 0, connection, "has lost a slot");
			assertThatHolds(connection.isGone(), connection, "is still there");
		}
		PoolTotals totals = this.world.totals();
		long ended = totals.closed().values().stream().mapToLong(Long::longValue).sum();
		assertThatHolds(totals.opened() == ended, totals.opened(), "opened, but", ended, "closed");
		throwIfBroken();
	}

	// ---- the rules ----

	private void check() {
		checkNumbers();
		checkNobodyIsForgotten();
		if (this.world.hasPool()) {
			int waiting = this.line.size() + this.returned.size();
			int pending = this.world.pool().pending();
			boolean asTold = this.options.singleUse() ? pending <= waiting : pending == waiting;
			assertThatHolds(asTold || this.closed, pending, "pending, but", waiting, "wait");
		}
		long now = this.world.nanoTime();
		for (SimCaller caller : this.line) {
			assertThatHolds(now - caller.deadline() <= 0, caller, "waits past its deadline");
		}
		throwIfBroken();
	}

	private void checkNumbers() {
		int open = 0;
		int live = 0;
		for (SimConn connection : this.world.live()) {
			open += (connection.isDialling() || connection.isAccepting()) ? 1 : 0;
			live += (connection.isSingleUse() && connection.stage() != Member.Stage.CLOSED) ? 1 : 0;
		}
		if (this.options.singleUse()) {
			assertThatHolds(live <= this.options.maxSingleUse(), live, "single-use connections");
			boolean somebodyWaits = this.world.hasPool() && this.world.pool().pending() > 0;
			assertThatHolds(!somebodyWaits || live == this.options.maxSingleUse() || this.world.isBusy(),
					"somebody waits, though there are only", live);
		}
		else {
			int most = (this.doubts != null) ? 2 * most() : most();
			assertThatHolds(open <= most, open, "connections of at most", most);
		}
	}

	private int most() {
		return this.options.strictMaxConcurrentStreams() ? 1 : this.options.maxConnections();
	}

	/** How many more there may be, since some may be dead. */
	private int forgiven(List<SimConn> there) {
		int overdue = count(there, Doubt.OVERDUE);
		return Math.min(most(), overdue + Math.min(1, count(there, Doubt.SILENT)));
	}

	private static int count(List<SimConn> connections, Doubt doubt) {
		return (int) connections.stream().filter((one) -> one.isAccepting() && one.doubt() == doubt).count();
	}

	/** Whoever waits has a reason, and something that will end it. */
	private void checkNobodyIsForgotten() {
		if ((this.line.isEmpty() && this.returned.isEmpty()) || this.options.singleUse() || this.world.isBusy()) {
			return;
		}
		SimCaller first = this.returned.isEmpty() ? this.line.iterator().next() : this.returned.iterator().next();
		List<SimConn> accepting = this.world.live().stream().filter(SimConn::isAccepting).toList();
		List<SimConn> living = accepting.stream()
			.filter((connection) -> connection.doubt() == Doubt.NONE || connection.doubt() == Doubt.ASKED)
			.toList();
		for (SimConn connection : living) {
			boolean fits = connection.knowsLimit();
			assertThatHolds(!fits || !connection.canTake(), first, "waits, though there is", connection);
		}
		boolean coming = this.world.live()
			.stream()
			.anyMatch((connection) -> connection.stage() == Member.Stage.DIALLING
					|| connection.stage() == Member.Stage.IN_DOUBT);
		boolean unsettled = living.stream().anyMatch((connection) -> !connection.knowsLimit());
		boolean heldBack = !living.isEmpty() && living.stream().allMatch((connection) -> connection.limit() == 0);
		if (!coming && !unsettled && !heldBack && accepting.size() < most() + forgiven(accepting)) {
			long within = living.isEmpty() ? 700 * MILLI : TimeUnit.SECONDS.toNanos(37);
			assertThatHolds(this.world.nextTimer() <= within, first, "waits for nothing");
		}
		boolean mayTakeSilent = !coming && !unsettled && accepting.stream()
			.anyMatch((one) -> one.doubt() == Doubt.SILENT && one.knowsLimit() && one.canTake());
		boolean dialsSoon = this.world.nextTimer() <= 0;
		assertThatHolds(!mayTakeSilent || dialsSoon, first, "waits though a silent one is all there can be");
	}

	/**
	 * Nobody overtakes: first those that were turned away, then as they came; but those
	 * that must not meet a limit that is not known hold nobody else up.
	 */
	private void checkTurn(SimCaller caller) {
		if (this.options.singleUse() || this.meanwhile) {
			// Each has a dial of its own, and some are quicker; or those before have
			// their slots, and are told in a moment.
			return;
		}
		Set<SimCaller> peers = caller.isRetry() ? this.returned : this.line;
		if (!caller.isRetry()) {
			assertThatHolds(this.returned.isEmpty() || (caller.isReplayable() && oneShot(this.returned)), caller,
					"overtakes a retry");
		}
		List<SimCaller> before = peers.stream().takeWhile((other) -> other != caller).toList();
		boolean first = caller.isReplayable() ? oneShot(before) : before.isEmpty();
		boolean overtakesByRetry = caller.isRetry() && !peers.contains(caller);
		assertThatHolds(first || overtakesByRetry, caller, "overtakes", peers);
	}

	private static boolean oneShot(Collection<SimCaller> callers) {
		return callers.stream().noneMatch(SimCaller::isReplayable);
	}

	private void throwIfBroken() {
		if (this.broken != null) {
			throw new AssertionError(this.broken);
		}
	}

	private void assertThatHolds(boolean rule, Object... otherwise) {
		if (!rule && this.broken == null) {
			// Thrown later: a future would swallow it.
			this.broken = Arrays.stream(otherwise).map(String::valueOf).collect(Collectors.joining(" "));
		}
	}

	String story() {
		return this.world.story();
	}

}
