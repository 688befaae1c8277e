package io.github.h2transport.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.github.h2transport.protocol.StreamState.Input;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol knows of one stream: its state, its two windows, how much content is
 * expected. The floor above adds the caller's view.
 *
 * <p>
 * Owned by the connection's loop, which feeds the state what was received and what was
 * sent; whoever sees {@link #advance} return {@link StreamState#CLOSED}, which happens
 * once, releases the stream's slot. Others may look.
 */
public abstract class ProtocolStream implements UploadOrder.Upload {

	private static final VarHandle SEND_WINDOW;

	static {
		try {
			SEND_WINDOW = MethodHandles.lookup().findVarHandle(ProtocolStream.class, "sendWindow", SendWindow.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final boolean headRequest;

	/** Made by whoever needs it first: a request without content hardly ever does. */
	private volatile @Nullable SendWindow sendWindow;

	private final ReceiveWindow receiveWindow;

	/** Written by the loop. */
	private volatile StreamState state = StreamState.IDLE;

	/** Written once, by the loop, before the stream is in any table. */
	private volatile int id;

	/** Written by the loop, before the state says so. */
	private volatile boolean endStreamSent;

	/** Owned by the loop: whether the stream waits in the upload ring. */
	boolean inUploadRing;

	/** Owned by the loop. */
	boolean headReceived;

	/** Owned by the loop: whether the peer broke a rule and the stream is being reset. */
	boolean faulty;

	/** Owned by the loop. */
	int interimCount;

	/** Owned by the loop: the decoded size of all interim responses. */
	long interimSize;

	/**
	 * Written by the loop before the head is published: declared length of the content,
	 * or {@link BodyLength}'s signs.
	 */
	long expectedLength = -1;

	/** Content octets without padding; written by the loop alone, read by snapshots. */
	private volatile long receivedLength;

	/**
	 * When content was sent last, 0 if none was. Written by the loop, read by whoever
	 * waits for progress.
	 */
	private volatile long lastSentNanos;

	protected ProtocolStream(boolean headRequest, int receiveWindowSize) {
		this.headRequest = headRequest;
		this.receiveWindow = ReceiveWindow.ofStream(receiveWindowSize);
	}

	/**
	 * Feeds the state machine. For the loop.
	 * @param input what was sent or received
	 * @return the new state, or {@code null} if the input is not legal now, which it
	 * never is once the stream is closed
	 */
	public final @Nullable StreamState advance(Input input) {
		StreamState current = this.state;
		if (current == StreamState.CLOSED) {
			return null;
		}
		StreamState next = current.next(input);
		if (next != null && next != current) {
			this.state = next;
			if (next == StreamState.CLOSED) {
				answered();
			}
		}
		return next;
	}

	public final StreamState state() {
		return this.state;
	}

	public final boolean isClosed() {
		return this.state == StreamState.CLOSED;
	}

	/**
	 * Returns whether the peer has sent END_STREAM or the stream is closed.
	 * @return whether no more content can come
	 */
	public final boolean isRemoteDone() {
		StreamState current = this.state;
		return current == StreamState.HALF_CLOSED_REMOTE || current == StreamState.CLOSED;
	}

	/**
	 * Returns whether we have sent END_STREAM or the stream is closed.
	 * @return whether no more content may be sent
	 */
	public final boolean isLocalDone() {
		StreamState current = this.state;
		return current == StreamState.HALF_CLOSED_LOCAL || current == StreamState.CLOSED;
	}

	/**
	 * Returns whether we have sent END_STREAM, also when the stream is closed.
	 * @return {@code false} if the stream was reset before its content was complete
	 */
	public final boolean isEndStreamSent() {
		return this.endStreamSent;
	}

	final void endStreamSent() {
		this.endStreamSent = true;
	}

	/** The peer has answered, or will not any more. */
	final void answered() {
		if (content() != null) {
			// Also if nothing was sent yet.
			sendWindow().answered();
		}
	}

	/**
	 * Returns the stream id.
	 * @return an odd number, 0 until the stream is opened
	 */
	@Override
	public final int id() {
		return this.id;
	}

	final void assignId(int newId) {
		this.id = newId;
	}

	/**
	 * Returns how much content the peer lets us send. Thread-safe.
	 * @return always the same window
	 */
	@Override
	public final SendWindow sendWindow() {
		SendWindow window = this.sendWindow;
		if (window != null) {
			return window;
		}
		SendWindow fresh = new SendWindow();
		SendWindow first = (SendWindow) SEND_WINDOW.compareAndExchange(this, null, fresh);
		return (first != null) ? first : fresh;
	}

	public final ReceiveWindow receiveWindow() {
		return this.receiveWindow;
	}

	public final boolean isHeadRequest() {
		return this.headRequest;
	}

	public final long receivedLength() {
		return this.receivedLength;
	}

	/**
	 * Returns how much content is still to come, as declared. For anybody who has seen
	 * the response's head.
	 * @return octets, -1 if nothing was declared
	 */
	public final long remainingLength() {
		if (this.expectedLength == BodyLength.NONE) {
			return 0;
		}
		return (this.expectedLength >= 0) ? this.expectedLength - this.receivedLength : -1;
	}

	final void addReceivedLength(int octets) {
		long total = this.receivedLength + octets;
		this.receivedLength = total;
	}

	/**
	 * Returns when content was sent last.
	 * @return a time of the clock, perhaps an instant old; 0 if none was
	 */
	public final long lastSentNanos() {
		return this.lastSentNanos;
	}

	final void sentAt(long now) {
		this.lastSentNanos = now;
	}

	/**
	 * Returns the content of the request.
	 * @return {@code null} if HEADERS are all of it
	 */
	protected abstract @Nullable OutgoingContent content();

	@Override
	public final int readyOctets() {
		OutgoingContent content = content();
		return (content != null) ? content.readyOctets() : 0;
	}

	@Override
	public final boolean isContentOver() {
		OutgoingContent content = content();
		return isLocalDone() || content == null || content.isCalledOff();
	}

	/**
	 * END_STREAM was encoded. By the loop; only to take notes.
	 */
	protected abstract void contentSent();

}
