package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * One direction of a path that takes time, for the one connection of a {@link Relay}:
 * every octet arrives so much later than it was sent, and as many are on their way as
 * want to be.
 */
public final class LongPath implements Relay.Pump {

	private static final int PIECE = 64 * 1024;

	private static final int THE_END = -1;

	private final long delayNanos;

	private final DelayQueue<Piece> onTheWay = new DelayQueue<>();

	/**
	 * Makes one direction.
	 * @param delay how long an octet is on its way
	 */
	public LongPath(Duration delay) {
		this.delayNanos = delay.toNanos();
	}

	@Override
	public void run(InputStream in, OutputStream out) throws IOException {
		Thread carrier = new Thread(() -> carry(out), "long path");
		carrier.setDaemon(true);
		carrier.start();
		byte[] octets = new byte[PIECE];
		long number = 0;
		try {
			for (int length = in.read(octets); length >= 0; length = in.read(octets)) {
				send(octets.clone(), length, number++);
			}
		}
		finally {
			send(octets, THE_END, number);
		}
		try {
			carrier.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void send(byte[] octets, int length, long number) {
		this.onTheWay.add(new Piece(octets, length, System.nanoTime() + this.delayNanos, number));
	}

	private void carry(OutputStream out) {
		try {
			for (Piece piece = this.onTheWay.take(); piece.length != THE_END; piece = this.onTheWay.take()) {
				out.write(piece.octets, 0, piece.length);
			}
		}
		catch (IOException ex) {
			// Nobody is there any more.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Piece(byte[] octets, int length, long dueNanos, long number) implements Delayed {

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(this.dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
		}

		@Override
		public int compareTo(Delayed other) {
			Piece piece = (Piece) other;
			long later = this.dueNanos - piece.dueNanos;
			return (later != 0) ? Long.signum(later) : Long.compare(this.number, piece.number);
		}

	}

}
