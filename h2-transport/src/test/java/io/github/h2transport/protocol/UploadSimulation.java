package io.github.h2transport.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ObjIntConsumer;

/**
 * Uploads to a server that takes all streams, executes some at a time in the order of
 * their ids, reads what it executes, and gives credit for what was read, in any pieces,
 * as late as half a window, the connection's before the stream's or behind it. What
 * happens next is drawn by lot, so a seed is a run.
 */
final class UploadSimulation {

	static final int INITIAL = 65_535;

	private static final int FRAME = 16_384;

	private static final int MOST_STEPS = 2_000_000;

	private final Random random;

	private final Client client = new Client();

	private final int workers;

	private final int uploads;

	private final long streamSize;

	private final long connectionSize;

	/** Credit is given once so much was read: 1 is at once, half a window is usual. */
	private final double streamRatio;

	private final double connectionRatio;

	private final String words;

	/** Read and not given back yet. */
	private long connectionRead;

	UploadSimulation(int workers, long seed) {
		this.random = new Random(seed * 31 + workers);
		this.workers = workers;
		this.uploads = 2 + this.random.nextInt(60);
		this.streamSize = INITIAL + (this.random.nextBoolean() ? 0 : this.random.nextInt(200_000));
		this.connectionSize = INITIAL + (this.random.nextBoolean() ? 0 : this.random.nextInt(1_000_000));
		this.streamRatio = this.random.nextBoolean() ? 0 : 0.5;
		this.connectionRatio = this.random.nextBoolean() ? 0 : 0.5;
		this.words = "workers " + workers + ", seed " + seed + ", uploads " + this.uploads + ", windows "
				+ this.streamSize + " and " + this.connectionSize;
		this.client.streamInitial = this.streamSize;
		if (this.connectionSize > INITIAL) {
			this.client.connection.grant((int) this.connectionSize - INITIAL, INITIAL);
		}
	}

	void run() {
		int opened = 0;
		for (int step = 0; !isOver(opened); step++) {
			if (step > MOST_STEPS) {
				throw new AssertionError("It does not end: " + this);
			}
			boolean moved = switch (this.random.nextInt(6)) {
				case 0 -> opened < this.uploads && open(opened++);
				case 1 -> produce();
				case 2, 3 -> read();
				case 4 -> creditConnection();
				default -> creditStream();
			};
			if (!moved && opened == this.uploads && isStuck()) {
				throw new AssertionError("Nothing can move any more: " + this);
			}
		}
	}

	private boolean open(int index) {
		int size = switch (this.random.nextInt(4)) {
			case 0 -> this.random.nextInt(2_000);
			case 1 -> this.random.nextInt(FRAME);
			case 2 -> 100_000;
			default -> this.random.nextInt(400_000);
		};
		Upload upload = this.client.open(size);
		if (this.random.nextInt(4) == 0) {
			// Its source gives more as time goes by.
			upload.given = Math.min(size, this.random.nextInt(20_000));
		}
		pump();
		return true;
	}

	private boolean produce() {
		List<Upload> slow = this.client.all.stream().filter((upload) -> upload.given < upload.size).toList();
		if (slow.isEmpty()) {
			return false;
		}
		Upload upload = slow.get(this.random.nextInt(slow.size()));
		upload.given = Math.min(upload.size, upload.given + 1 + this.random.nextInt(50_000));
		this.client.ready(upload);
		pump();
		return true;
	}

	private boolean read() {
		List<Upload> executed = executed().filter(
				(upload) -> upload.read < upload.sendWindow().sent() || (upload.ended && upload.read == upload.size))
			.toList();
		if (executed.isEmpty()) {
			return false;
		}
		Upload upload = executed.get(this.random.nextInt(executed.size()));
		long there = upload.sendWindow().sent() - upload.read;
		if (there > 0) {
			long some = this.random.nextBoolean() ? there : 1 + this.random.nextLong(there);
			upload.read += some;
			upload.uncredited += some;
			this.connectionRead += some;
		}
		if (upload.ended && upload.read == upload.size) {
			upload.close();
			pump();
		}
		return true;
	}

	private java.util.stream.Stream<Upload> executed() {
		return this.client.all.stream().filter((upload) -> !upload.closed).limit(this.workers);
	}

	private boolean creditConnection() {
		long some = some(this.connectionRead, this.connectionRatio, this.connectionSize);
		if (some == 0) {
			return false;
		}
		this.connectionRead -= some;
		if (!this.client.connection.grant((int) some, INITIAL)) {
			throw new AssertionError("Too much credit");
		}
		pump();
		return true;
	}

	private boolean creditStream() {
		List<Upload> waiting = this.client.all.stream()
			.filter((upload) -> !upload.ended && isDue(upload.uncredited, this.streamRatio, this.streamSize))
			.toList();
		if (waiting.isEmpty()) {
			return false;
		}
		Upload upload = waiting.get(this.random.nextInt(waiting.size()));
		long some = some(upload.uncredited, this.streamRatio, this.streamSize);
		upload.uncredited -= some;
		upload.sendWindow().grant((int) some, this.streamSize);
		pump();
		return true;
	}

	private long some(long read, double ratio, long size) {
		if (!isDue(read, ratio, size)) {
			return 0;
		}
		return (ratio > 0 || this.random.nextBoolean()) ? read : 1 + this.random.nextLong(read);
	}

	private static boolean isDue(long read, double ratio, long size) {
		return read > 0 && read >= ratio * size;
	}

	private void pump() {
		this.client.pump((upload, octets) -> {
		});
		if (this.client.window() < 0) {
			throw new AssertionError("Sent above the window: " + this);
		}
	}

	private boolean isOver(int opened) {
		return opened == this.uploads && this.client.all.stream().allMatch((upload) -> upload.closed);
	}

	private boolean isStuck() {
		boolean creditable = isDue(this.connectionRead, this.connectionRatio, this.connectionSize)
				|| this.client.all.stream()
					.anyMatch((upload) -> !upload.ended && isDue(upload.uncredited, this.streamRatio, this.streamSize));
		boolean readable = executed().anyMatch(
				(upload) -> upload.read < upload.sendWindow().sent() || (upload.ended && upload.read == upload.size));
		boolean producing = this.client.all.stream().anyMatch((upload) -> upload.given < upload.size);
		return !creditable && !readable && !producing;
	}

	@Override
	public String toString() {
		return this.words + "; connection " + this.client.window() + ", unfinished "
				+ this.client.all.stream().filter((upload) -> !upload.closed).limit(5).toList();
	}

	/** As the send half uses the order. */
	static final class Client {

		final SendWindow connection = new SendWindow();

		final List<Upload> all = new ArrayList<>();

		private final UploadOrder<Upload> order = new UploadOrder<>();

		private long streamInitial = INITIAL;

		long window() {
			return this.connection.available(INITIAL);
		}

		Upload upload(int id) {
			return this.all.get(id / 2);
		}

		long sentBehind(int id) {
			return this.all.stream()
				.filter((each) -> each.id() > id)
				.mapToLong((each) -> each.sendWindow().sent())
				.sum();
		}

		Upload open(int size) {
			Upload upload = new Upload(2 * this.all.size() + 1, size);
			this.all.add(upload);
			this.order.opened(upload);
			ready(upload);
			return upload;
		}

		void ready(Upload upload) {
			if (!upload.queued) {
				upload.queued = true;
				this.order.ready(upload, upload.given == upload.size && upload.size <= FRAME && upload.isUnsent());
			}
		}

		void pump(ObjIntConsumer<Upload> sends) {
			this.order.begin(window());
			for (Upload upload = this.order.next(window(), FRAME); upload != null; upload = this.order.next(window(),
					FRAME)) {
				turn(upload, sends);
			}
			this.order.end();
		}

		private void turn(Upload upload, ObjIntConsumer<Upload> sends) {
			int ready = upload.readyOctets();
			long window = Math.min(upload.sendWindow().available(this.streamInitial), window());
			int length = (int) Math.min(Math.min(ready, FRAME), window);
			if (upload.isContentOver() || ready == 0) {
				upload.queued = false;
				if (!upload.closed && upload.given == upload.size) {
					end(upload);
				}
			}
			else if (length <= 0) {
				this.order.blocked(upload);
			}
			else {
				upload.sendWindow().spend(length);
				this.connection.spend(length);
				sends.accept(upload, length);
				boolean last = upload.sendWindow().sent() == upload.size;
				this.order.sent(upload, length, !last);
				if (last) {
					upload.queued = false;
					end(upload);
				}
			}
		}

		private void end(Upload upload) {
			upload.ended = true;
			this.order.over(upload);
		}

	}

	/** An upload at both ends. */
	static final class Upload implements UploadOrder.Upload {

		private final int id;

		private final int size;

		private final SendWindow window = new SendWindow();

		/** What its source has given. */
		private long given;

		private boolean queued;

		private boolean ended;

		private boolean closed;

		// The server's.

		private long read;

		private long uncredited;

		Upload(int id, int size) {
			this.id = id;
			this.size = size;
			this.given = size;
		}

		boolean isUnsent() {
			return this.window.sent() == 0;
		}

		void giveNothing() {
			this.given = (this.size > 0) ? 0 : -1;
		}

		void giveAll() {
			this.given = this.size;
		}

		/** The server has answered. */
		void close() {
			this.closed = true;
			this.window.answered();
		}

		@Override
		public int id() {
			return this.id;
		}

		@Override
		public boolean isContentOver() {
			return this.ended || this.closed;
		}

		@Override
		public int readyOctets() {
			return (int) Math.max(0, this.given - this.window.sent());
		}

		@Override
		public SendWindow sendWindow() {
			return this.window;
		}

		@Override
		public String toString() {
			return "stream " + this.id + " of " + this.size + ": given " + this.given + ", sent " + this.window.sent()
					+ ", read " + this.read;
		}

	}

}
