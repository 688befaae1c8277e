package io.github.h2transport.pool;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/** A request in the simulation, from the question to its end. */
final class SimCaller {

	private final int number;

	private final boolean replayable;

	private final long deadline;

	private @Nullable CompletableFuture<SimConn> waiting;

	private int attempts;

	private @Nullable String outcome;

	SimCaller(int number, boolean replayable, long deadline) {
		this.number = number;
		this.replayable = replayable;
		this.deadline = deadline;
	}

	int number() {
		return this.number;
	}

	boolean isReplayable() {
		return this.replayable;
	}

	long deadline() {
		return this.deadline;
	}

	boolean isRetry() {
		return this.attempts > 1;
	}

	int attempts() {
		return this.attempts;
	}

	void asks() {
		this.attempts++;
	}

	void waitsFor(@Nullable CompletableFuture<SimConn> future) {
		this.waiting = future;
	}

	@Nullable CompletableFuture<SimConn> waiting() {
		return this.waiting;
	}

	void ends(String how) {
		if (this.outcome != null) {
			throw new AssertionError(this + " ended twice: " + this.outcome + ", " + how);
		}
		this.outcome = how;
		this.waiting = null;
	}

	boolean isOver() {
		return this.outcome != null;
	}

	@Override
	public String toString() {
		return "#" + this.number + ((this.outcome != null) ? " " + this.outcome : "");
	}

}
