package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one key and the requests that wait for one. Whatever happens is
 * noted under the lock, then everything that follows is decided in one place, then the
 * lock is released and the decisions are carried out.
 *
 * @param <C> what callers get: connections, or the pool's simulation of them
 */
final class KeyPool<C> {

	/** Most keys have one connection or two. */
	private static final int FIRST_MEMBERS = 2;

	private final ConnectionKey key;

	private final Outside<C> outside;

	/** Replaced under the lock; of two at once either is good. */
	private volatile TransportOptions options;

	private final PoolCounters counters;

	private final Consumer<KeyPool<C>> onEmpty;

	private final ReentrantLock lock = new ReentrantLock();

	/** Changed under the lock, read by anybody. */
	private final OpenMembers<C> open;

	/** Guarded by the lock; its size is read by anybody. */
	private final WaitingLine<C> line = new WaitingLine<>();

	// All below is guarded by the lock.

	private final Ageing ageing;

	private final Dialling<C> dialling;

	private final SingleUse<C> singleUse;

	private final RetirementMemory retirements = new RetirementMemory();

	private final Alarm alarm;

	/** Connections that are not yet closed, dials included. */
	private final Set<Member<C>> members = new LinkedHashSet<>(FIRST_MEMBERS);

	private final RecentEvents recent = new RecentEvents();

	/** Nothing may be added any more. */
	private boolean retired;

	/**
	 * Creates a pool without connections.
	 * @param key where they will go
	 * @param outside what the pool needs from outside
	 * @param options the limits
	 * @param kept how many should be open though no request needs them
	 * @param all counts everything with it
	 * @param onEmpty told when it is of no use any more
	 */
	KeyPool(ConnectionKey key, Outside<C> outside, TransportOptions options, int kept, PoolCounters all,
			Consumer<KeyPool<C>> onEmpty) {
		this.key = key;
		this.outside = outside;
		this.options = options;
		this.counters = new PoolCounters(all);
		this.onEmpty = onEmpty;
		this.open = new OpenMembers<>(options.spreadAddresses());
		this.ageing = new Ageing(options);
		this.dialling = new Dialling<>(this, outside, options, this.open, this.line, this.ageing);
		keep(kept);
		this.singleUse = new SingleUse<>(this, this.line, options.maxSingleUse());
		this.alarm = new Alarm(outside::schedule, this::settle);
	}

	ConnectionKey key() {
		return this.key;
	}

	int pending() {
		return this.line.size();
	}

	// ---- requests ----

	/**
	 * Reserves a slot without waiting and without any lock, unless others wait already.
	 */
	@Nullable C tryReserve(ConnectionRequest request) {
		if (request.retry()) {
			replayed();
		}
		if (this.options.singleUse() || (this.line.size() > 0 && !request.retry())) {
			return null;
		}
		Member<C> member = this.open.reserve(request.replayable(), false);
		return (member != null) ? member.connection() : null;
	}

	private void replayed() {
		this.counters.replayed();
		this.lock.lock();
		try {
			this.recent.add(RecentEvents.Kind.REPLAY, this.outside.nanoTime());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Queues a request.
	 * @return the connection to come, {@code null} if this pool is retired
	 */
	@Nullable CompletableFuture<C> await(ConnectionRequest request) {
		Waiter<C> waiter = new Waiter<>(request, this.outside.nanoTime());
		Decisions<C> decisions = new Decisions<>();
		this.lock.lock();
		try {
			if (this.retired) {
				return null;
			}
			PoolException refusal = refusal(request);
			if (refusal != null) {
				return CompletableFuture.failedFuture(refusal);
			}
			this.line.add(waiter);
			this.dialling.asked(request.connectTimeout());
			this.dialling.limits().asked(request);
			// A slot may have become free before the request was in the line.
			decide(decisions);
			if (!decisions.gives(waiter)) {
				this.counters.waits(this.line.size());
			}
		}
		finally {
			this.lock.unlock();
		}
		decisions.carryOut();
		waiter.whenComplete((connection, failure) -> {
			if (waiter.isCancelled()) {
				change((more) -> this.line.remove(waiter));
			}
		});
		return waiter;
	}

	private @Nullable PoolException refusal(ConnectionRequest request) {
		if (request.onlyCached()) {
			return PoolException.of(PoolException.Reason.NONE_CACHED,
					"No open connection to " + this.key + " has a free stream, and the call may not dial", null,
					FailureContext.of(Initiator.CALLER, Phase.POOL));
		}
		if (request.retry() || this.line.newcomers() < this.options.maxPending()) {
			return null;
		}
		int pending = this.line.size();
		Duration oldest = Duration.ofNanos(this.line.oldestWait(this.outside.nanoTime()));
		return PoolException
			.of(PoolException.Reason.QUEUE_FULL,
					"The queue for a connection to " + this.key + " is full: " + pending
							+ " requests wait (h2.transport.pool.max-pending), the oldest for " + oldest.toMillis()
							+ " ms; " + this.open.describe(this.dialling.growth().most()),
					this.dialling.failure(), FailureContext.of(Initiator.LIBRARY, Phase.POOL))
			.withQueue(pending, oldest);
	}

	/**
	 * Opens connections before anybody needs them.
	 * @param timeout the limit for a dial
	 * @return completes when they are established, or fails with the first dial that
	 * does; {@code null} if this pool is retired
	 */
	@Nullable CompletableFuture<Void> warmUp(Duration timeout) {
		CompletableFuture<Void> result;
		Decisions<C> decisions = new Decisions<>();
		this.lock.lock();
		try {
			if (this.retired) {
				return null;
			}
			if (this.options.singleUse()) {
				result = CompletableFuture.completedFuture(null);
			}
			else {
				result = this.dialling.warmUp().copy();
				this.dialling.asked(timeout);
			}
			decide(decisions);
		}
		finally {
			this.lock.unlock();
		}
		decisions.carryOut();
		return result;
	}

	// ---- decisions ----

	/** Takes note of an event and decides what follows from it. */
	private void change(Consumer<Decisions<C>> event) {
		Decisions<C> decisions = new Decisions<>();
		this.lock.lock();
		try {
			event.accept(decisions);
			decide(decisions);
		}
		finally {
			this.lock.unlock();
		}
		decisions.carryOut();
	}

	private void settle() {
		change((decisions) -> {
		});
	}

	private void decide(Decisions<C> decisions) {
		if (this.retired) {
			return;
		}
		long now = this.outside.nanoTime();
		if (this.options.singleUse()) {
			this.singleUse.dial(decisions);
		}
		else {
			give(decisions, now);
			lookUp(decisions, now);
			this.ageing.mark(this.open, now);
			long next = this.dialling.dial(decisions, now);
			this.dialling.endWarmUp(decisions);
			next = Math.min(next, this.dialling.limits().enforce(decisions, now));
			this.alarm.set(now, Math.min(next, this.ageing.next(this.open, now)));
		}
		retireIfEmpty(decisions, now);
	}

	/** Gives waiting requests what there is, in order. */
	private void give(Decisions<C> decisions, long now) {
		boolean exhausted = this.line.size() > 0
				&& this.dialling.growth().isExhausted(this.dialling.pauseForWaiting(now) > 0);
		for (Waiter<C> first = this.line.peek(); first != null; first = this.line.peek()) {
			Member<C> member = this.open.reserve(first.request().replayable(), exhausted);
			if (member == null) {
				if (!first.request().replayable()) {
					giveToReplayable(decisions, exhausted);
				}
				return;
			}
			this.line.poll();
			decisions.give(first, member);
		}
	}

	/**
	 * The first one must not meet a limit that is not yet known, and so waits for it.
	 * That is no reason for others to wait.
	 */
	private void giveToReplayable(Decisions<C> decisions, boolean exhausted) {
		for (Waiter<C> waiter : this.line.all()) {
			if (waiter.request().replayable()) {
				Member<C> member = this.open.reserve(true, exhausted);
				if (member == null) {
					return;
				}
				this.line.remove(waiter);
				decisions.give(waiter, member);
			}
		}
	}

	private void lookUp(Decisions<C> decisions, long now) {
		if (this.ageing.beginLookUp(this.open, now)) {
			decisions.then(() -> this.outside.resolve(this.key).whenComplete((found, failure) -> lookedUp(found)));
		}
	}

	private void lookedUp(@Nullable List<InetAddress> found) {
		change((decisions) -> this.ageing.lookedUp(this.open, found, this.outside.nanoTime()));
	}

	private void retireIfEmpty(Decisions<C> decisions, long now) {
		if (this.line.size() > 0 || !this.members.isEmpty() || this.dialling.isWarmingUp()) {
			return;
		}
		long remembered = Math.max(this.dialling.remembersFor(now), this.recent.remembersFor(now));
		if (remembered > 0) {
			this.alarm.set(now, remembered);
			return;
		}
		this.retired = true;
		this.alarm.stop();
		decisions.then(() -> this.onEmpty.accept(this));
	}

	// ---- what happens to connections ----

	/** Makes a connection that is still to be dialled. Guarded by the lock. */
	Member<C> prepare(Duration connectTimeout, boolean forOne) {
		Member<C> member = this.outside.prepare(this, connectTimeout, forOne);
		member.dialled(this.outside.nanoTime(), connectTimeout);
		this.members.add(member);
		return member;
	}

	/**
	 * Puts the addresses of a name into the order in which a dial tries them.
	 */
	List<InetAddress> order(Member<C> member, List<InetAddress> found) {
		this.lock.lock();
		try {
			List<InetAddress> order = new ArrayList<>(found);
			if (this.options.spreadAddresses()) {
				order.sort(Comparator
					.comparingLong((address) -> this.open.at(address) + this.dialling.growth().comingTo(address)));
			}
			if (!order.isEmpty()) {
				member.address(order.get(0));
			}
			return order;
		}
		finally {
			this.lock.unlock();
		}
	}

	void opened(Member<C> member) {
		this.counters.opened();
		change((decisions) -> {
			this.dialling.growth().coming().remove(member);
			InetAddress address = member.remoteAddress();
			member.address((address != null) ? address : member.address());
			if (member.isSingleUse()) {
				this.singleUse.opened(member, decisions);
			}
			else if (this.retired) {
				member.stage(Member.Stage.LEFT);
				decisions.drain(member);
			}
			else {
				int ours = this.options.maxRequestsPerConnection();
				int learnt = this.retirements.nextMaxRequests();
				member.bound(this.options.maxStreamsPerConnection(), (ours > 0) ? Math.min(ours, learnt) : learnt);
				this.ageing.born(member, this.outside.nanoTime(), this.outside.random(), this.open.isEmpty());
				member.stage(Member.Stage.OPEN);
				this.open.add(member);
			}
		});
	}

	void slotsFreed(Member<C> member) {
		boolean knowsLimit = member.knowsLimit();
		if (knowsLimit) {
			this.open.learnt(member.limit());
		}
		if (knowsLimit && !member.isSettled()) {
			change((decisions) -> {
				member.settled();
				this.dialling.succeeded(member, decisions);
				this.dialling.limits().established();
			});
		}
		else if (this.line.size() > 0) {
			settle();
		}
	}

	/** A connection has come into doubt, so that others may be dialled beside it. */
	void doubted() {
		settle();
	}

	void draining(Member<C> member) {
		change((decisions) -> {
			if (!this.open.remove(member)) {
				return;
			}
			if (member.isRetiredByServer()) {
				learn(member);
			}
			if (member.knowsLimit()) {
				member.stage(Member.Stage.LEFT);
			}
			else {
				member.stage(Member.Stage.IN_DOUBT);
				this.dialling.growth().coming().add(member);
			}
		});
	}

	void closed(Member<C> member, Http2Exception cause) {
		change((decisions) -> {
			member.stage(Member.Stage.CLOSED);
			this.members.remove(member);
			this.open.remove(member);
			this.dialling.growth().coming().remove(member);
			member.replacesNobody();
			Member<C> replacement = member.replacement();
			if (replacement != null) {
				replacement.replacesNobody();
			}
			if (member.wasOpen()) {
				learn(member);
				EndReason reason = (member.leaving() != null) ? member.leaving() : member.endReason(cause);
				this.counters.closed(reason);
				this.dialling.ended(member, reason);
				remember(member, reason, cause);
			}
			boolean failedDial = member.isFailedDial(cause);
			if (failedDial) {
				this.counters.dialFailed();
			}
			if (member.isSingleUse()) {
				this.singleUse.closed(member, cause, decisions);
			}
			else if (failedDial && this.dialling.failed(cause, decisions)) {
				failWaiting(cause, decisions);
			}
		});
	}

	/**
	 * Learns from a connection how many requests the server takes. One that has had all
	 * it is for says so before the server's GOAWAY can be there, and so is judged when it
	 * is closed.
	 */
	private void learn(Member<C> member) {
		if (!member.learn()) {
			return;
		}
		int processed = member.processedBeforeGoAway();
		if (processed > 0) {
			this.retirements.turnedAway(processed);
		}
		else if (!member.isRetiredByServer() && member.isUsedUp()) {
			this.retirements.tookAll();
		}
	}

	private void remember(Member<C> member, EndReason reason, Http2Exception cause) {
		if (reason == EndReason.GOAWAY || reason == EndReason.LOST) {
			long now = this.outside.nanoTime();
			boolean calmed = member.wasCalmed();
			if (calmed) {
				this.recent.add(RecentEvents.Kind.CALMED, now);
			}
			this.recent.ended((reason == EndReason.GOAWAY) ? RecentEvents.Kind.GOAWAY : RecentEvents.Kind.LOST,
					member.lastWords(cause), now);
		}
	}

	/** Nobody waits for nothing; but who has time left waits for another dial. */
	private void failWaiting(Http2Exception cause, Decisions<C> decisions) {
		if (!(cause instanceof Http2TimeoutException)) {
			failAll(cause, decisions);
			return;
		}
		List<Waiter<C>> over = new ArrayList<>();
		this.dialling.limits().takeOver(over, this.outside.nanoTime());
		decisions.fail(over, cause);
	}

	private void failAll(Http2Exception cause, Decisions<C> decisions) {
		List<Waiter<C>> all = new ArrayList<>();
		this.line.takeAll(all);
		decisions.fail(all, cause);
	}

	/** Takes a connection out; its running streams may finish. */
	void drain(C connection) {
		change((decisions) -> this.open.all()
			.stream()
			.filter((member) -> member.connection() == connection)
			.findFirst()
			.ifPresent((member) -> this.open.leave(member, EndReason.DRAINED, decisions)));
	}

	/** Replaces the limits that can change while the pool is in use. */
	void options(TransportOptions newOptions) {
		this.lock.lock();
		try {
			this.options = newOptions;
			this.dialling.growth().options(newOptions);
		}
		finally {
			this.lock.unlock();
		}
	}

	void close(Http2Exception cause) {
		change((decisions) -> {
			this.retired = true;
			this.alarm.stop();
			this.dialling.failWarmUp(cause, decisions);
			failAll(cause, decisions);
			this.singleUse.failAll(cause, decisions);
			this.open.all().forEach((member) -> member.leaving(EndReason.CLOSED));
			this.dialling.growth().coming().forEach((member) -> member.leaving(EndReason.CLOSED));
		});
	}

	/** Opens nothing from now on but what requests need, and keeps nothing. */
	void keepNone() {
		change((decisions) -> keep(0));
	}

	private void keep(int wanted) {
		this.open.keep(this.dialling.growth().keep(wanted));
	}

	PoolSnapshot snapshot() {
		this.lock.lock();
		try {
			long now = this.outside.nanoTime();
			return new PoolSnapshot(this.open.size(), this.dialling.growth().coming().size() + this.singleUse.coming(),
					this.line.size(), Duration.ofNanos(this.line.oldestWait(now)), this.dialling.failure(),
					Duration.ofNanos(Math.max(0, this.dialling.pause(now))), limits(), leaving(),
					this.recent.snapshot(now), this.counters.totals());
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Whether there is anything to tell of. */
	boolean isKnown() {
		this.lock.lock();
		try {
			return !this.retired;
		}
		finally {
			this.lock.unlock();
		}
	}

	private PoolSnapshot.Limits limits() {
		return new PoolSnapshot.Limits(
				this.options.singleUse() ? this.options.maxSingleUse() : this.dialling.growth().most(),
				this.options.maxStreamsPerConnection(), this.options.maxPending());
	}

	private Map<String, EndReason> leaving() {
		Map<String, EndReason> leaving = new TreeMap<>();
		for (Member<C> member : this.members) {
			EndReason reason = member.leaving();
			if (reason != null && member.stage() != Member.Stage.DIALLING) {
				leaving.put(member.name(), reason);
			}
		}
		return Map.copyOf(leaving);
	}

}
