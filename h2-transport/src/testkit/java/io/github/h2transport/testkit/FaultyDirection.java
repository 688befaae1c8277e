package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The switches of one direction of a {@link FaultProxy}. Thread-safe.
 */
public final class FaultyDirection {

	private static final int LARGEST_PIECE = 16 * 1024;

	/** So much is on its way at most; enough for 50 ms of a fast sender. */
	private static final int ON_THE_WAY = 1 << 20;

	/** A rate is kept over steps of this length. */
	private static final long STEP_NANOS = 10_000_000;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	// guarded by lock

	private Fault fault = Fault.NONE;

	private long delayNanos;

	private long octetsPerSecond = Long.MAX_VALUE;

	private boolean ended;

	/** Ends the faults of this direction. */
	public void flow() {
		change(() -> {
			this.fault = Fault.NONE;
			this.delayNanos = 0;
			this.octetsPerSecond = Long.MAX_VALUE;
		});
	}

	/**
	 * Lets octets vanish; their sender hears nothing of it. A connection that has lost
	 * some never delivers again in this direction: no TCP hands over what comes after a
	 * gap.
	 */
	public void drop() {
		change(() -> this.fault = Fault.DROP);
	}

	/** Keeps octets until {@link #flow()}; a sender of many has to wait. */
	public void hold() {
		change(() -> this.fault = Fault.HOLD);
	}

	/**
	 * Delivers later, without delivering less.
	 * @param delay how long an octet is on its way
	 */
	public void delay(Duration delay) {
		change(() -> this.delayNanos = delay.toNanos());
	}

	/**
	 * Delivers no more than so much on each connection.
	 * @param octetsPerSecond 1 or more
	 */
	public void throttle(long octetsPerSecond) {
		change(() -> this.octetsPerSecond = octetsPerSecond);
	}

	void end() {
		change(() -> this.ended = true);
	}

	OnTheWay join() {
		return new OnTheWay();
	}

	private void change(Runnable assignment) {
		this.lock.lock();
		try {
			assignment.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Fault {

		NONE, HOLD, DROP

	}

	private record Piece(byte[] octets, long sentNanos) {
	}

	/** The octets of one connection. */
	final class OnTheWay {

		// guarded by the direction's lock

		private final Deque<Piece> pieces = new ArrayDeque<>();

		private int size;

		private boolean complete;

		private boolean broken;

		/** Whether some have vanished. */
		private boolean gap;

		void takeFrom(InputStream in, Random random) throws IOException {
			byte[] buffer = new byte[LARGEST_PIECE];
			for (int length = read(in, buffer, random); length >= 0; length = read(in, buffer, random)) {
				byte[] octets = new byte[length];
				System.arraycopy(buffer, 0, octets, 0, length);
				FaultyDirection.this.lock.lock();
				try {
					while (this.size > ON_THE_WAY && !FaultyDirection.this.ended && !this.broken) {
						FaultyDirection.this.changed.awaitUninterruptibly();
					}
					this.pieces.add(new Piece(octets, System.nanoTime()));
					this.size += length;
					FaultyDirection.this.changed.signalAll();
				}
				finally {
					FaultyDirection.this.lock.unlock();
				}
			}
			change(() -> this.complete = true);
		}

		private int read(InputStream in, byte[] buffer, Random random) throws IOException {
			return in.read(buffer, 0, 1 + random.nextInt(buffer.length));
		}

		void broken() {
			change(() -> this.broken = true);
		}

		/**
		 * Delivers until the end.
		 * @return whether the end was one with FIN
		 */
		boolean deliverTo(OutputStream out) throws IOException {
			try {
				for (Piece piece = next(); piece != null; piece = next()) {
					out.write(piece.octets);
				}
				FaultyDirection.this.lock.lock();
				try {
					return this.complete;
				}
				finally {
					FaultyDirection.this.lock.unlock();
				}
			}
			finally {
				broken();
			}
		}

		/** The next octets to deliver, when it is time; {@code null} at the end. */
		private @Nullable Piece next() throws IOException {
			FaultyDirection direction = FaultyDirection.this;
			direction.lock.lock();
			try {
				for (;;) {
					if (direction.ended || this.broken) {
						return null;
					}
					Piece first = this.pieces.peek();
					if (first == null) {
						if (this.complete && direction.fault == Fault.NONE && !this.gap) {
							return null;
						}
						direction.changed.await();
					}
					else if (direction.fault == Fault.DROP || this.gap) {
						this.gap = true;
						remove(first);
					}
					else if (direction.fault == Fault.HOLD) {
						direction.changed.await();
					}
					else {
						long early = first.sentNanos + direction.delayNanos - System.nanoTime();
						if (early > 0) {
							direction.changed.awaitNanos(early);
						}
						else {
							remove(first);
							return thinnedOut(first);
						}
					}
				}
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
			finally {
				direction.lock.unlock();
			}
		}

		/** A throttled direction delivers what one step allows and waits for the next. */
		private Piece thinnedOut(Piece piece) throws InterruptedException {
			long rate = FaultyDirection.this.octetsPerSecond;
			if (rate == Long.MAX_VALUE) {
				return piece;
			}
			int length = (int) Math.min(piece.octets.length, Math.max(1, rate * STEP_NANOS / 1_000_000_000));
			if (length < piece.octets.length) {
				byte[] rest = new byte[piece.octets.length - length];
				System.arraycopy(piece.octets, length, rest, 0, rest.length);
				this.pieces.addFirst(new Piece(rest, piece.sentNanos));
				this.size += rest.length;
			}
			long until = System.nanoTime() + Math.max(1, length * 1_000_000_000L / rate);
			for (long left = until - System.nanoTime(); left > 0 && !FaultyDirection.this.ended
					&& !this.broken; left = until - System.nanoTime()) {
				FaultyDirection.this.changed.awaitNanos(left);
			}
			byte[] octets = new byte[length];
			System.arraycopy(piece.octets, 0, octets, 0, length);
			return new Piece(octets, piece.sentNanos);
		}

		private void remove(Piece piece) {
			this.pieces.remove();
			this.size -= piece.octets.length;
			FaultyDirection.this.changed.signalAll();
		}

	}

}
