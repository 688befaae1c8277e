package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
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

	/**
	 * After so many connections in a row that answered nothing, those who wait for the
	 * next one wait a little longer; a retry goes on at once before that.
	 */
	private static final int VAIN = 3;

	private final ConnectionKey key;

	private final Outside<C> outside;

	private final TransportOptions options;

	private final PoolCounters counters;

	private final Consumer<KeyPool<C>> onEmpty;

	private final ReentrantLock lock = new ReentrantLock();

	private final OpenMembers<C> open = new OpenMembers<>();

	// All below is guarded by the lock, except where readers are named.

	/** Its size is read by anybody. */
	private final WaitingLine<C> line = new WaitingLine<>();

	private final Growth<C> growth;

	private final Ageing ageing;

	private final DialBackOff backOff;

	private final RetirementMemory retirements = new RetirementMemory();

	private final Alarm alarm;

	/** Connections that ended before they had answered anything, one after the other. */
	private final DialBackOff vain;

	/** Whoever wants some connections to be there. */
	private @Nullable CompletableFuture<Void> warmUp;

	/** What the latest dial failed with, until one succeeds. */
	private @Nullable Http2Exception dialFailure;

	/** What the latest request allowed for its dial; others go by it too. */
	private Duration connectTimeout;

	/**
	 * Whether to dial for connections that nobody waits for; not after a dial has failed
	 * with nothing open, until somebody asks again.
	 */
	private boolean refilling;

	/** Single-use connections, dials included. */
	private int singleUse;

	/** Nothing may be added any more. */
	private boolean retired;

	KeyPool(ConnectionKey key, Outside<C> outside, TransportOptions options, PoolCounters all,
			Consumer<KeyPool<C>> onEmpty) {
		this.key = key;
		this.outside = outside;
		this.options = options;
		this.counters = new PoolCounters(all);
		this.onEmpty = onEmpty;
		this.connectTimeout = options.connectTimeout();
		this.growth = new Growth<>(options, this.open);
		this.ageing = new Ageing(options);
		this.backOff = new DialBackOff(outside::random);
		this.vain = new DialBackOff(outside::random);
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
			this.counters.replayed();
		}
		if (this.options.singleUse() || (this.line.size() > 0 && !request.retry())) {
			return null;
		}
		Member<C> member = this.open.reserve(request.replayable());
		return (member != null) ? member.connection() : null;
	}

	/**
	 * Queues a request.
	 * @return the connection to come, {@code null} if this pool is retired
	 */
	@Nullable CompletableFuture<C> await(ConnectionRequest request) {
		Waiter<C> waiter = new Waiter<>(request, this.outside.nanoTime());
		waiter.whenComplete((connection, failure) -> {
			if (waiter.isCancelled()) {
				change((decisions) -> this.line.remove(waiter));
			}
		});
		Decisions<C> decisions = new Decisions<>();
		this.lock.lock();
		try {
			if (this.retired) {
				return null;
			}
			if (request.onlyCached()) {
				return CompletableFuture.failedFuture(PoolException.of(PoolException.Reason.NONE_CACHED,
						"No open connection to " + this.key + " has a free stream, and the call may not dial", null,
						FailureContext.of(Initiator.CALLER, Phase.POOL)));
			}
			if (!request.retry() && this.line.newcomers() >= this.options.maxPending()) {
				return CompletableFuture.failedFuture(full());
			}
			this.line.add(waiter);
			this.refilling = true;
			this.connectTimeout = request.connectTimeout();
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
		return waiter;
	}

	private PoolException full() {
		int pending = this.line.size();
		Duration oldest = Duration.ofNanos(this.line.oldestWait(this.outside.nanoTime()));
		return PoolException
			.of(PoolException.Reason.QUEUE_FULL,
					"The queue for a connection to " + this.key + " is full: " + pending
							+ " requests wait (h2.transport.pool.max-pending), the oldest for " + oldest.toMillis()
							+ " ms; " + this.open.describe(this.growth.most()),
					this.dialFailure, FailureContext.of(Initiator.LIBRARY, Phase.POOL))
			.withQueue(pending, oldest);
	}

	/**
	 * Opens connections before anybody needs them.
	 * @param timeout the limit for a dial
	 * @return completes when they are established, or fails with the first dial that
	 * does; {@code null} if this pool is retired
	 */
	@Nullable CompletableFuture<Void> warmUp(Duration timeout) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		Decisions<C> decisions = new Decisions<>();
		this.lock.lock();
		try {
			if (this.retired) {
				return null;
			}
			CompletableFuture<Void> running = this.warmUp;
			if (running != null) {
				return running.copy();
			}
			if (this.options.singleUse()) {
				return CompletableFuture.completedFuture(null);
			}
			this.warmUp = result;
			this.refilling = true;
			this.connectTimeout = timeout;
			decide(decisions);
		}
		finally {
			this.lock.unlock();
		}
		decisions.carryOut();
		return result.copy();
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
			dialForEach(decisions);
		}
		else {
			give(decisions);
			lookUp(decisions, now);
			this.ageing.mark(this.open, now);
			long next = Math.min(dial(decisions, now), this.ageing.next(this.open, now));
			endWarmUp(decisions);
			this.alarm.set(now, next);
		}
		retireIfEmpty(decisions, now);
	}

	/** Gives waiting requests what there is, in order. */
	private void give(Decisions<C> decisions) {
		for (Waiter<C> first = this.line.peek(); first != null; first = this.line.peek()) {
			Member<C> member = this.open.reserve(first.request().replayable());
			if (member == null) {
				return;
			}
			this.line.remove(first);
			decisions.give(first, member);
		}
	}

	private void lookUp(Decisions<C> decisions, long now) {
		if (this.ageing.beginLookUp(this.open, now)) {
			decisions.then(() -> this.outside.resolve(this.key)
				.whenComplete((found,
						failure) -> change((more) -> this.ageing.lookedUp(this.open, found, this.outside.nanoTime()))));
		}
	}

	/**
	 * Dials for those who wait, for connections that are to go, and for those that should
	 * be there anyway.
	 * @return in how many nanoseconds to look again, {@link Ageing#NEVER} if all is done
	 */
	private long dial(Decisions<C> decisions, long now) {
		boolean anyOpen = !this.open.isEmpty();
		long pause = this.backOff.pause(now, anyOpen);
		long unasked = Math.max(pause, this.vain.pause(now, anyOpen));
		long asked = (this.vain.failures() >= VAIN) ? unasked : pause;
		boolean held = replace(decisions, asked <= 0);
		int waiting = this.growth.forWaiting(this.line.size());
		for (int i = 0; i < waiting && asked <= 0; i++) {
			dialOne(decisions);
		}
		int missing = this.growth
			.missing((this.warmUp != null) ? this.growth.warm() : (this.refilling ? this.growth.kept() : 0));
		for (int i = 0; i < missing && unasked <= 0; i++) {
			dialOne(decisions);
		}
		boolean heldBack = asked > 0 && (held || waiting > 0);
		return heldBack ? asked : ((unasked > 0 && missing > 0) ? unasked : Ageing.NEVER);
	}

	/**
	 * Lets those go that are too old or lead nowhere. In the place of one that is in use
	 * another is opened first, if there may be one more.
	 * @return whether some would, but must wait
	 */
	private boolean replace(Decisions<C> decisions, boolean mayDial) {
		boolean held = false;
		for (Member<C> member : this.open.all()) {
			EndReason reason = member.leaving();
			if (reason == null || member.replacement() != null) {
				continue;
			}
			if (member.activeStreams() == 0 || this.growth.room() <= 0 || this.ageing.isReplaced(member, this.open)) {
				leave(member, reason, decisions);
			}
			else if (mayDial) {
				member.replaceBy(dialOne(decisions));
			}
			else {
				held = true;
			}
		}
		return held;
	}

	private Member<C> dialOne(Decisions<C> decisions) {
		Waiter<C> first = this.line.peek();
		Duration timeout = (first != null) ? first.request().connectTimeout() : this.connectTimeout;
		Member<C> member = this.outside.prepare(this, timeout, false);
		this.growth.coming().add(member);
		decisions.then(member::dial);
		return member;
	}

	private void dialForEach(Decisions<C> decisions) {
		while (this.line.size() > 0 && this.singleUse < this.options.maxSingleUse()) {
			Waiter<C> waiter = this.line.poll();
			if (waiter != null) {
				this.singleUse++;
				Member<C> member = this.outside.prepare(this, waiter.request().connectTimeout(), true);
				member.owner(waiter);
				this.growth.coming().add(member);
				decisions.then(member::dial);
			}
		}
	}

	private void endWarmUp(Decisions<C> decisions) {
		CompletableFuture<Void> running = this.warmUp;
		if (running != null && this.open.all().stream().filter(Member::isSettled).count() >= this.growth.warm()) {
			this.warmUp = null;
			decisions.then(() -> running.complete(null));
		}
	}

	private void leave(Member<C> member, EndReason reason, Decisions<C> decisions) {
		member.leaving(reason);
		member.phase(Member.Phase.LEFT);
		removed(member);
		decisions.then(member::drain);
	}

	private boolean removed(Member<C> member) {
		boolean wasOpen = this.open.remove(member);
		this.open.keepIdle(this.growth.kept());
		return wasOpen;
	}

	private void retireIfEmpty(Decisions<C> decisions, long now) {
		if (this.line.size() > 0 || this.singleUse > 0 || !this.open.isEmpty() || !this.growth.coming().isEmpty()
				|| this.warmUp != null) {
			return;
		}
		if (this.backOff.isRemembered(now)) {
			this.alarm.set(now, this.backOff.forgetIn(now));
			return;
		}
		this.retired = true;
		this.alarm.stop();
		decisions.then(() -> this.onEmpty.accept(this));
	}

	// ---- what happens to connections ----

	/**
	 * Puts the addresses of a name into the order in which a dial tries them.
	 */
	List<InetAddress> order(Member<C> member, List<InetAddress> found) {
		this.lock.lock();
		try {
			List<InetAddress> order = new ArrayList<>(found);
			if (this.options.spreadAddresses()) {
				order.sort(Comparator.comparingLong(this::membersAt));
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

	private long membersAt(InetAddress address) {
		return this.open.all().stream().filter((member) -> address.equals(member.address())).count()
				+ this.growth.coming().stream().filter((member) -> address.equals(member.address())).count();
	}

	void opened(Member<C> member) {
		this.counters.opened();
		change((decisions) -> {
			this.growth.coming().remove(member);
			InetAddress address = member.remoteAddress();
			member.address((address != null) ? address : member.address());
			if (member.isSingleUse()) {
				openedForOne(member, decisions);
			}
			else if (this.retired) {
				member.phase(Member.Phase.LEFT);
				decisions.then(member::drain);
			}
			else {
				int ours = this.options.maxRequestsPerConnection();
				int learnt = this.retirements.nextMaxRequests();
				member.bound(this.options.maxStreamsPerConnection(), (ours > 0) ? Math.min(ours, learnt) : learnt);
				this.ageing.born(member, this.outside.nanoTime(), this.outside.random(), this.open.isEmpty());
				member.phase(Member.Phase.OPEN);
				this.open.add(member);
				this.open.keepIdle(this.growth.kept());
			}
		});
	}

	private void openedForOne(Member<C> member, Decisions<C> decisions) {
		Waiter<C> owner = member.owner();
		member.phase(Member.Phase.LEFT);
		member.owner(null);
		if (owner == null || owner.isDone() || !member.tryReserve()) {
			decisions.then(member::drain);
		}
		else {
			decisions.give(owner, member);
			decisions.then(() -> {
				if (owner.isCancelled()) {
					member.drain();
				}
			});
		}
	}

	void slotsFreed(Member<C> member) {
		boolean knowsLimit = member.knowsLimit();
		if (knowsLimit) {
			this.open.learnt(member.limit());
		}
		if (knowsLimit && !member.isSettled()) {
			change((decisions) -> settled(member, decisions));
		}
		else if (this.line.size() > 0) {
			settle();
		}
	}

	/** HTTP/2 is spoken there (RFC 9113 section 3.4), and its limit is known. */
	private void settled(Member<C> member, Decisions<C> decisions) {
		member.settled();
		this.backOff.succeeded();
		this.dialFailure = null;
		Member<C> old = member.replaces();
		member.replacesNobody();
		EndReason reason = (old != null) ? old.leaving() : null;
		if (old != null && reason != null && old.phase() == Member.Phase.OPEN) {
			leave(old, reason, decisions);
		}
	}

	void draining(Member<C> member) {
		change((decisions) -> {
			if (removed(member)) {
				this.retirements.retired(member.processedBeforeGoAway());
				if (member.knowsLimit()) {
					member.phase(Member.Phase.LEFT);
				}
				else {
					member.phase(Member.Phase.IN_DOUBT);
					this.growth.coming().add(member);
				}
			}
		});
	}

	void closed(Member<C> member, Http2Exception cause) {
		boolean failedDial = member.isFailedDial(cause);
		if (failedDial) {
			this.counters.dialFailed();
		}
		change((decisions) -> {
			if (member.wasOpen()) {
				ended(member, cause);
			}
			member.phase(Member.Phase.CLOSED);
			removed(member);
			this.growth.coming().remove(member);
			member.replacesNobody();
			Member<C> replacement = member.replacement();
			if (replacement != null) {
				replacement.replacesNobody();
			}
			if (member.isSingleUse()) {
				this.singleUse--;
				closedForOne(member, cause, decisions);
			}
			else if (failedDial) {
				dialFailed(cause, decisions);
			}
		});
	}

	private void ended(Member<C> member, Http2Exception cause) {
		EndReason reason = member.leaving();
		if (reason == null) {
			reason = member.endReason(cause);
		}
		this.counters.closed(reason);
		if (member.hasServed()) {
			this.vain.succeeded();
		}
		else if (reason == EndReason.GOAWAY || reason == EndReason.LOST) {
			this.vain.failed(this.outside.nanoTime());
		}
	}

	private void closedForOne(Member<C> member, Http2Exception cause, Decisions<C> decisions) {
		Waiter<C> owner = member.owner();
		if (owner != null) {
			member.owner(null);
			decisions.fail(List.of(owner), cause);
		}
	}

	private void dialFailed(Http2Exception cause, Decisions<C> decisions) {
		this.backOff.failed(this.outside.nanoTime());
		this.dialFailure = cause;
		failWarmUp(cause, decisions);
		if (this.open.isEmpty() && this.growth.coming().isEmpty()) {
			// Everybody would only meet the same; nobody waits for nothing.
			this.refilling = false;
			List<Waiter<C>> all = new ArrayList<>();
			this.line.takeAll(all);
			decisions.fail(all, cause);
		}
	}

	private void failWarmUp(Http2Exception cause, Decisions<C> decisions) {
		CompletableFuture<Void> running = this.warmUp;
		if (running != null) {
			this.warmUp = null;
			decisions.then(() -> running.completeExceptionally(cause));
		}
	}

	/** Takes a connection out; its running streams may finish. */
	void drain(C connection) {
		change((decisions) -> this.open.all()
			.stream()
			.filter((member) -> member.connection() == connection)
			.findFirst()
			.ifPresent((member) -> leave(member, EndReason.DRAINED, decisions)));
	}

	void close(Http2Exception cause) {
		change((decisions) -> {
			this.retired = true;
			this.alarm.stop();
			failWarmUp(cause, decisions);
			List<Waiter<C>> all = new ArrayList<>();
			this.line.takeAll(all);
			decisions.fail(all, cause);
			this.open.all().forEach((member) -> member.leaving(EndReason.CLOSED));
			for (Member<C> member : this.growth.coming()) {
				member.leaving(EndReason.CLOSED);
				closedForOne(member, cause, decisions);
			}
		});
	}

	PoolSnapshot snapshot() {
		this.lock.lock();
		try {
			return new PoolSnapshot(this.open.size(), this.growth.coming().size(), this.line.size(),
					Duration.ofNanos(this.line.oldestWait(this.outside.nanoTime())), this.dialFailure,
					this.counters.totals());
		}
		finally {
			this.lock.unlock();
		}
	}

}
