package io.github.h2transport.conn;

import java.util.concurrent.atomic.AtomicReference;

import io.github.h2transport.protocol.SendHalf;
import org.jspecify.annotations.Nullable;

/**
 * A queue that any thread may add to and that only the loop takes from. The ops link to
 * each other, so queueing allocates nothing; an op can be queued once at a time.
 */
final class OpQueue {

	/** Does nothing: takes the place of the op taken last, which is held otherwise. */
	private final Op stub = new Op() {

		@Override
		void run(SendHalf half) {
		}

	};

	/** Exchanged by producers. */
	private final AtomicReference<Op> tail;

	/** Owned by the loop: the op taken last, whose link leads on. */
	private Op head;

	OpQueue() {
		this.head = this.stub;
		this.tail = new AtomicReference<>(this.stub);
	}

	void push(Op op) {
		op.next = null;
		Op previous = this.tail.getAndSet(op);
		previous.next = op;
	}

	/** Tells every op that it still waits. Loop. */
	void tick(long now) {
		for (Op op = this.head.next; op != null; op = op.next) {
			op.waits(now);
		}
	}

	/**
	 * Takes the oldest op. If there is none, nothing is held of those that were taken: an
	 * idle connection must not keep the last stream with its content.
	 * @return {@code null} if there is none, or if its producer has not linked it yet;
	 * that producer raises the work counter afterwards, so nothing is lost
	 */
	@Nullable Op poll() {
		Op next = this.head.next;
		if (next == this.stub) {
			this.head = next;
			next = next.next;
		}
		if (next != null) {
			this.head = next;
		}
		else {
			letGo();
		}
		return next;
	}

	/** The stub is in the queue only while the head is another op, and only once. */
	private void letGo() {
		if (this.head != this.stub && this.tail.get() == this.head) {
			push(this.stub);
			if (this.head.next == this.stub) {
				this.head = this.stub;
			}
		}
	}

}
