package io.github.h2transport.protocol;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * Decides whose content is sent next (RFC 9113 section 5.2). A server takes more requests
 * than it executes at once, in the order of their ids, and gives back the window of the
 * connection only for content that somebody reads. What it has only queued must not use
 * that window up, or what it executes waits for content that cannot come.
 *
 * <p>
 * An upload is <i>read</i> once the peer has given it credit of its own or has answered
 * it. The order is:
 * <ol>
 * <li>The oldest unfinished upload and all that are read move: they send a frame each in
 * turn, and those that find no window of their own are passed over.
 * <li>Each round begins with one small upload, whose whole content fits into a frame of
 * 16,384 octets, so it waits no longer than for a frame of each that moves.
 * <li>The others begin when those that move have no use for what the window has left, the
 * oldest first.
 * <li>What nobody has read of all that do not move, the small ones included, is at most a
 * quarter of the connection's window, unless three quarters are free.
 * </ol>
 * So three quarters of the window always are for the oldest unfinished upload and for
 * what is read: a server that reads what it executes, the oldest first, never waits in
 * vain.
 *
 * <p>
 * Pure state, owned by the loop. A round of turns begins with {@link #begin}, asks
 * {@link #next} until there is none, says after each turn what came of it, and ends with
 * {@link #end}.
 *
 * @param <U> the uploads
 */
public final class UploadOrder<U extends UploadOrder.Upload> {

	/**
	 * A frame of the size that every peer takes (RFC 9113 section 4.2). Some take more,
	 * but such frames are for uploads that move, and for sources that give so much.
	 */
	static final int FRAME = 16_384;

	/**
	 * What nobody reads may use up a quarter of the connection's window: one frame where
	 * it has the size that every window begins with. The rest is more than what servers
	 * wait for before they give credit, which is half of a window as a rule.
	 */
	private static final int UNREAD_SHARE = 4;

	/** All whose END_STREAM is still to be sent, in the order of their ids. */
	private final Set<U> unfinished = new LinkedHashSet<>(1);

	/** Those that move and have something to send, in turn. */
	private final Deque<U> moving = new ArrayDeque<>(1);

	private final Deque<U> small = new ArrayDeque<>(1);

	/** All others that have something to send. */
	private final NavigableSet<U> others = new TreeSet<>(Comparator.comparingInt(Upload::id));

	/** Those that found no window of their own; empty between the rounds. */
	private final List<U> blocked = new ArrayList<>(0);

	/** What was sent by uploads that did not move then. */
	private final List<Sent> sent = new ArrayList<>(0);

	/** The most that the connection's window has had; a lower bound of its size. */
	private long size = PeerSettings.DEFAULT_INITIAL_WINDOW_SIZE;

	// Of the present round.

	private int turnsLeft;

	private boolean smallIsNext;

	private boolean progress;

	/** Whether the upload whose turn it is moves. */
	private boolean moves;

	/**
	 * An upload begins. To be called in the order of ids.
	 * @param upload whose stream was opened
	 */
	public void opened(U upload) {
		this.unfinished.add(upload);
	}

	/**
	 * An upload has sent its last octet, or never will.
	 * @param upload one that was opened
	 */
	public void over(U upload) {
		this.unfinished.remove(upload);
		// Another may be the oldest now.
		this.progress = true;
	}

	/**
	 * An upload has something to send, and is not known to have.
	 * @param upload one that was opened
	 * @param isSmall whether it has sent nothing and one frame will be all of it
	 */
	public void ready(U upload, boolean isSmall) {
		if (upload.readyOctets() == 0 || isMoving(upload, oldest())) {
			// What has no octets ready ends, which needs no window.
			this.moving.add(upload);
		}
		else if (isSmall) {
			this.small.add(upload);
		}
		else {
			this.others.add(upload);
		}
	}

	/**
	 * Returns whether no upload has anything to send.
	 * @return {@code false} also if all wait for the peer's credit
	 */
	public boolean isEmpty() {
		return this.moving.isEmpty() && this.small.isEmpty() && this.others.isEmpty();
	}

	/**
	 * Returns how many uploads have something to send.
	 * @return 0 or more
	 */
	public int count() {
		return this.moving.size() + this.small.size() + this.others.size();
	}

	/**
	 * Begins turns.
	 * @param window what may be sent on the connection
	 */
	public void begin(long window) {
		this.size = Math.max(this.size, window);
		beginRound();
	}

	private void move(Iterable<U> from, @Nullable U oldest) {
		for (Iterator<U> all = from.iterator(); all.hasNext();) {
			U upload = all.next();
			if (upload.isContentOver() || isMoving(upload, oldest)) {
				all.remove();
				this.moving.add(upload);
			}
		}
	}

	private void beginRound() {
		if (!this.small.isEmpty() || !this.others.isEmpty()) {
			// In each round: the oldest may have ended in the one before.
			U oldest = oldest();
			move(this.others, oldest);
			move(this.small, oldest);
		}
		this.turnsLeft = this.moving.size();
		this.smallIsNext = true;
		this.progress = false;
	}

	/**
	 * Returns whose turn it is. It must be told by {@link #sent}, {@link #blocked} or
	 * nothing at all, if the upload has no more to send.
	 * @param window what may be sent on the connection
	 * @param frame how much a frame carries at most
	 * @return {@code null} if nobody can send
	 */
	public @Nullable U next(long window, int frame) {
		this.moves = false;
		for (;;) {
			if (this.smallIsNext) {
				this.smallIsNext = false;
				U first = this.small.peek();
				if (first != null && mayBegin(first, window, frame)) {
					return this.small.remove();
				}
			}
			if (this.turnsLeft > 0) {
				this.turnsLeft--;
				this.moves = true;
				return this.moving.remove();
			}
			if (!this.progress) {
				return begins(window, frame);
			}
			beginRound();
		}
	}

	private @Nullable U begins(long window, int frame) {
		U first = this.small.peek();
		U other = this.others.isEmpty() ? null : this.others.first();
		if (first != null && (other == null || first.id() < other.id())) {
			return mayBegin(first, window, frame) ? this.small.remove() : null;
		}
		if (other != null && mayBegin(other, window, frame)) {
			return this.others.pollFirst();
		}
		return null;
	}

	private boolean mayBegin(U upload, long window, int frame) {
		if (window <= 0) {
			return false;
		}
		long octets = Math.min(Math.min(upload.readyOctets(), Math.min(frame, FRAME)), window);
		long share = (this.size + UNREAD_SHARE - 1) / UNREAD_SHARE;
		return unread() + octets <= share || window - octets >= this.size - share;
	}

	/**
	 * Returns how much the upload whose turn it is may send.
	 * @param frame how much a frame carries at most
	 * @return at most as much
	 */
	public int most(int frame) {
		return this.moves ? frame : Math.min(frame, FRAME);
	}

	/** How much at most of those that do not move nobody has read. */
	private long unread() {
		U oldest = oldest();
		long total = 0;
		for (Iterator<Sent> all = this.sent.iterator(); all.hasNext();) {
			Sent each = all.next();
			// What is older than all that are unfinished is whole: its turn will come.
			if (each.window.isRead() || oldest == null || each.id <= oldest.id()) {
				all.remove();
			}
			else {
				total += each.window.sent();
			}
		}
		return total;
	}

	/**
	 * The upload whose turn it was has sent a frame.
	 * @param upload the upload
	 * @param octets what it has sent
	 * @param more whether it may have more to send
	 */
	public void sent(U upload, int octets, boolean more) {
		this.progress = true;
		SendWindow window = upload.sendWindow();
		if (!this.moves && window.sent() == octets) {
			this.sent.add(new Sent(upload.id(), window));
		}
		if (more) {
			(this.moves ? this.moving : this.others).add(upload);
		}
	}

	/**
	 * The upload whose turn it was found no window.
	 * @param upload the upload
	 */
	public void blocked(U upload) {
		this.blocked.add(upload);
	}

	/**
	 * Ends turns. Whoever found no window keeps its turn, or others would take all the
	 * credit that comes frame by frame.
	 */
	public void end() {
		U oldest = this.blocked.isEmpty() ? null : oldest();
		for (int i = this.blocked.size() - 1; i >= 0; i--) {
			U upload = this.blocked.get(i);
			if (isMoving(upload, oldest)) {
				this.moving.addFirst(upload);
			}
			else {
				this.others.add(upload);
			}
		}
		this.blocked.clear();
	}

	private boolean isMoving(U upload, @Nullable U oldest) {
		return upload == oldest || upload.sendWindow().isRead();
	}

	private @Nullable U oldest() {
		for (Iterator<U> all = this.unfinished.iterator(); all.hasNext();) {
			U upload = all.next();
			if (!upload.isContentOver()) {
				return upload;
			}
			all.remove();
		}
		return null;
	}

	/** What the order must know of an upload. */
	public interface Upload {

		/**
		 * Returns the stream id.
		 * @return an odd number
		 */
		int id();

		/**
		 * Returns whether no more content will be sent.
		 * @return whether it is complete or nobody wants it
		 */
		boolean isContentOver();

		/**
		 * Returns how much content is ready.
		 * @return 0 or more octets
		 */
		int readyOctets();

		/**
		 * Returns the window of the stream.
		 * @return always the same
		 */
		SendWindow sendWindow();

	}

	/**
	 * What an upload has sent though it did not move. It outlives its stream by a little,
	 * so it holds nothing but numbers.
	 *
	 * @param id the stream
	 * @param window counts what was sent, and knows whether somebody reads
	 */
	private record Sent(int id, SendWindow window) {
	}

}
