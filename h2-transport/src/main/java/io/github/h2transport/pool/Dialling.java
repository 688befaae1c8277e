package io.github.h2transport.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.h2transport.Http2Exception;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Dials for a key: for those who wait, in the place of connections that are to go, and
 * for connections that should be there anyway. A dial belongs to no request. Guarded by
 * the key's lock.
 *
 * @param <C> what callers get
 */
final class Dialling<C> {

	/**
	 * After so many connections in a row that answered nothing, those who wait for the
	 * next one wait a little longer; a retry goes on at once before that.
	 */
	private static final int VAIN = 3;

	private final KeyPool<C> pool;

	private final Outside<C> outside;

	private final OpenMembers<C> open;

	private final WaitingLine<C> line;

	private final Growth<C> growth;

	private final ConnectLimits<C> limits;

	private final Ageing ageing;

	/** Dials that failed. */
	private final DialBackOff backOff;

	/** Connections that ended before they had answered anything. */
	private final DialBackOff vain;

	/** What the latest dial failed with, until one succeeds. */
	private @Nullable Http2Exception failure;

	/** What the latest request allowed for its dial; others go by it too. */
	private Duration connectTimeout;

	/** Told when the connections are there that should be. */
	private @Nullable CompletableFuture<Void> warmUp;

	/**
	 * Whether to dial for connections that nobody waits for; not after a dial has failed
	 * with nothing open, until somebody asks again.
	 */
	private boolean refilling;

	Dialling(KeyPool<C> pool, Outside<C> outside, TransportOptions options, OpenMembers<C> open, WaitingLine<C> line,
			Ageing ageing) {
		this.pool = pool;
		this.outside = outside;
		this.open = open;
		this.line = line;
		this.ageing = ageing;
		this.growth = new Growth<>(options, open);
		this.limits = new ConnectLimits<>(open, line, this.growth);
		this.backOff = new DialBackOff(outside::random);
		this.vain = new DialBackOff(outside::random);
		this.connectTimeout = options.connectTimeout();
	}

	Growth<C> growth() {
		return this.growth;
	}

	@Nullable Http2Exception failure() {
		return this.failure;
	}

	/** In how many nanoseconds the next dial may begin; 0 or less for now. */
	long pause(long now) {
		return this.backOff.pause(now, !this.open.living().isEmpty());
	}

	/** As {@link #pause}, for those who wait. */
	long pauseForWaiting(long now) {
		long pause = pause(now);
		return (this.vain.failures() >= VAIN) ? Math.max(pause, this.vain.pause(now, !this.open.living().isEmpty()))
				: pause;
	}

	/** Somebody asks for a connection, and allows so much for it. */
	void asked(Duration timeout) {
		this.refilling = true;
		this.connectTimeout = timeout;
	}

	ConnectLimits<C> limits() {
		return this.limits;
	}

	/**
	 * Begins what is to be dialled, and lets those go that are replaced.
	 * @return in how many nanoseconds to look again, {@link Ageing#NEVER} if all is done
	 */
	long dial(Decisions<C> decisions, long now) {
		long unasked = Math.max(pause(now), this.vain.pause(now, !this.open.living().isEmpty()));
		long asked = pauseForWaiting(now);
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
		if (asked > 0 && (held || waiting > 0)) {
			return asked;
		}
		return (unasked > 0 && missing > 0) ? unasked : Ageing.NEVER;
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
				this.open.leave(member, reason, decisions);
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
		Duration timeout = (this.line.size() > 0) ? this.line.longestConnectTimeout(Duration.ZERO)
				: this.connectTimeout;
		Member<C> member = this.pool.prepare(timeout, false);
		this.growth.coming().add(member);
		decisions.then(member::dial);
		return member;
	}

	/** HTTP/2 is spoken there (RFC 9113 section 3.4), and its limit is known. */
	void succeeded(Member<C> member, Decisions<C> decisions) {
		this.backOff.succeeded();
		this.failure = null;
		Member<C> old = member.replaces();
		member.replacesNobody();
		EndReason reason = (old != null) ? old.leaving() : null;
		if (old != null && reason != null && old.stage() == Member.Stage.OPEN) {
			this.open.leave(old, reason, decisions);
		}
	}

	/**
	 * A dial has failed.
	 * @return whether everybody would only meet the same
	 */
	boolean failed(Http2Exception cause, Decisions<C> decisions) {
		this.backOff.failed(this.outside.nanoTime());
		this.failure = cause;
		failWarmUp(cause, decisions);
		if (!this.open.isEmpty() || !this.growth.coming().isEmpty()) {
			return false;
		}
		this.refilling = false;
		return true;
	}

	/** A connection has ended. */
	void ended(Member<C> member, EndReason reason) {
		if (member.hasServed()) {
			this.vain.succeeded();
		}
		else if (reason == EndReason.GOAWAY || reason == EndReason.LOST) {
			this.vain.failed(this.outside.nanoTime());
		}
	}

	/** How long the failures must be remembered, 0 or less for not at all. */
	long remembersFor(long now) {
		return Math.max(this.backOff.forgetIn(now), this.vain.forgetIn(now));
	}

	// ---- warm-up ----

	CompletableFuture<Void> warmUp() {
		CompletableFuture<Void> running = this.warmUp;
		if (running == null) {
			running = new CompletableFuture<>();
			this.warmUp = running;
		}
		return running;
	}

	boolean isWarmingUp() {
		return this.warmUp != null;
	}

	void endWarmUp(Decisions<C> decisions) {
		CompletableFuture<Void> running = this.warmUp;
		if (running != null && this.open.all().stream().filter(Member::isSettled).count() >= this.growth.warm()) {
			this.warmUp = null;
			decisions.then(() -> running.complete(null));
		}
	}

	void failWarmUp(Http2Exception cause, Decisions<C> decisions) {
		CompletableFuture<Void> running = this.warmUp;
		if (running != null) {
			this.warmUp = null;
			decisions.then(() -> running.completeExceptionally(cause));
		}
	}

}
