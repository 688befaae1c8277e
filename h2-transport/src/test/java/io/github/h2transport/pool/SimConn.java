package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;
import io.github.h2transport.conn.Doubt;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket. It counts its slots as the real one does and tells its
 * pool what happens, a moment later; what happens is the test's to say.
 */
final class SimConn extends Member<SimConn> {

	private static final int LIMIT_BEFORE_SETTINGS = 100;

	private final SimWorld world;

	private final KeyPool<SimConn> pool;

	private final int number;

	private final boolean singleUse;

	private final Duration connectTimeout;

	private boolean dialled;

	private boolean wasOpen;

	private boolean accepting;

	/** Reserved slots whose stream is not open must not open one any more. */
	private boolean refusing;

	private boolean gone;

	private boolean announced;

	private boolean goAway;

	private boolean knowsLimit;

	private boolean served;

	private boolean keptIdle;

	private Doubt doubt = Doubt.NONE;

	private int limit = LIMIT_BEFORE_SETTINGS;

	private int cap = Integer.MAX_VALUE;

	private int maxRequests = Integer.MAX_VALUE;

	private int used;

	private int taken;

	/** What the server's GOAWAY leaves in. */
	private int processed = Integer.MAX_VALUE;

	private long openedAt;

	private long idleSince;

	private @Nullable InetAddress remote;

	SimConn(SimWorld world, KeyPool<SimConn> pool, int number, Duration connectTimeout, boolean singleUse) {
		this.world = world;
		this.pool = pool;
		this.number = number;
		this.connectTimeout = connectTimeout;
		this.singleUse = singleUse;
	}

	// ---- what the world does ----

	/** The dial has succeeded. */
	SimConn open() {
		this.world.trace(name(), "opens");
		List<InetAddress> order = this.pool.order(this, this.world.addresses());
		this.remote = order.isEmpty() ? null : order.get(0);
		this.wasOpen = true;
		this.accepting = true;
		this.openedAt = this.world.nanoTime();
		this.idleSince = this.openedAt;
		this.pool.opened(this);
		return this;
	}

	/** The dial has failed. */
	void fail() {
		this.world.trace(name(), "cannot be dialled");
		this.gone = true;
		this.world.live().remove(this);
		this.pool.closed(this, new ConnectFailedException("refused", null,
				FailureContext.of(Initiator.PEER, Phase.CONNECT).withConnection(name())));
	}

	/** The peer's SETTINGS, the first or later ones. */
	SimConn settings(int newLimit) {
		if (this.gone) {
			return this;
		}
		this.world.trace(name(), "allows", newLimit);
		boolean first = !this.knowsLimit;
		boolean raised = newLimit > this.limit;
		this.knowsLimit = true;
		this.limit = newLimit;
		if (first || raised) {
			this.world.soon(() -> this.pool.slotsFreed(this));
		}
		return this;
	}

	/** A stream is over, or a slot was not used. */
	void free(boolean answered) {
		this.used--;
		this.served |= answered;
		this.idleSince = this.world.nanoTime();
		if (this.singleUse) {
			refuse();
		}
		this.world.soon(() -> this.pool.slotsFreed(this));
		endIfDrained(this.goAway ? Initiator.PEER : Initiator.LIBRARY);
	}

	/** GOAWAY: those that are open may finish, new ones are not taken. */
	void goAway() {
		if (!this.gone && !this.goAway) {
			this.world.trace(name(), "GOAWAY");
			this.goAway = true;
			refuse();
			endIfDrained(Initiator.PEER);
		}
	}

	/** GOAWAY that leaves in only the first requests, as nginx does after its number. */
	void goAway(int leavesIn) {
		this.processed = leavesIn;
		goAway();
	}

	/** The socket has failed. */
	void lose() {
		if (!this.gone) {
			this.world.trace(name(), "is lost");
			refuse();
			end(Initiator.PEER);
		}
	}

	void closeIfIdle(Duration timeout) {
		if (!this.gone && this.accepting && this.used == 0 && !this.keptIdle
				&& this.world.nanoTime() - this.idleSince >= timeout.toNanos()) {
			this.world.trace(name(), "was idle");
			refuse();
			end(Initiator.LIBRARY);
		}
	}

	private void refuse() {
		this.accepting = false;
		this.refusing = true;
		announceDraining();
	}

	private void announceDraining() {
		if (!this.announced) {
			this.announced = true;
			this.world.soon(() -> this.pool.draining(this));
		}
	}

	private void endIfDrained(Initiator initiator) {
		if (!this.gone && !this.accepting && this.used == 0) {
			end(initiator);
		}
	}

	private void end(Initiator initiator) {
		this.gone = true;
		FailureContext context = FailureContext.of(initiator, Phase.IDLE);
		Http2Exception cause = (initiator == Initiator.PEER && !this.knowsLimit)
				? new ConnectFailedException("no HTTP/2 on " + name(), null, context)
				: new ConnectionException("ended " + name(), null, context);
		this.world.soon(() -> {
			this.world.live().remove(this);
			this.pool.closed(this, cause);
		});
	}

	/** Whether it may be dead. */
	SimConn doubt(Doubt newDoubt) {
		Doubt before = this.doubt;
		if (this.gone || before == newDoubt) {
			return this;
		}
		this.world.trace(name(), "doubt", newDoubt);
		this.doubt = newDoubt;
		if (newDoubt == Doubt.OVERDUE || newDoubt == Doubt.SILENT) {
			this.world.soon(this.pool::doubted);
		}
		else if (before == Doubt.OVERDUE || before == Doubt.SILENT) {
			this.world.soon(() -> this.pool.slotsFreed(this));
		}
		return this;
	}

	boolean isDialling() {
		return this.dialled && !this.wasOpen && !this.gone;
	}

	boolean isAccepting() {
		return this.accepting;
	}

	boolean isRefusing() {
		return this.refusing;
	}

	boolean isGone() {
		return this.gone;
	}

	boolean isKeptIdle() {
		return this.keptIdle;
	}

	long openedAt() {
		return this.openedAt;
	}

	int maxRequests() {
		return this.maxRequests;
	}

	Duration connectTimeout() {
		return this.connectTimeout;
	}

	// ---- what the pool sees ----

	@Override
	SimConn connection() {
		return this;
	}

	@Override
	void dial() {
		this.dialled = true;
		this.world.dialled(this);
	}

	@Override
	boolean isSingleUse() {
		return this.singleUse;
	}

	@Override
	boolean canTake() {
		return this.accepting && this.doubt != Doubt.OVERDUE && this.used < limit() && this.taken < this.maxRequests;
	}

	@Override
	Doubt doubt() {
		return this.doubt;
	}

	@Override
	boolean tryReserve(int most) {
		if (!canTake() || this.used >= most) {
			return false;
		}
		this.used++;
		this.taken++;
		if (this.singleUse || this.taken >= this.maxRequests) {
			this.accepting = false;
			announceDraining();
		}
		return true;
	}

	@Override
	void release() {
		this.taken--;
		free(false);
	}

	@Override
	int activeStreams() {
		return this.used;
	}

	@Override
	int limit() {
		return Math.min(this.limit, this.cap);
	}

	@Override
	boolean knowsLimit() {
		return this.knowsLimit;
	}

	@Override
	boolean wasOpen() {
		return this.wasOpen;
	}

	@Override
	boolean hasServed() {
		return this.served;
	}

	@Override
	int processedBeforeGoAway() {
		return (this.goAway && this.processed < this.taken) ? this.processed : -1;
	}

	@Override
	boolean isRetiredByServer() {
		return this.goAway;
	}

	@Override
	boolean isUsedUp() {
		return this.taken >= this.maxRequests;
	}

	@Override
	void bound(int maxStreams, int newMaxRequests) {
		this.cap = maxStreams;
		this.maxRequests = newMaxRequests;
	}

	@Override
	void keepIdle(boolean keep) {
		this.keptIdle = keep;
	}

	@Override
	@Nullable InetAddress remoteAddress() {
		return this.remote;
	}

	@Override
	void drain() {
		if (!this.gone) {
			this.world.trace(name(), "is drained");
			refuse();
			endIfDrained(Initiator.LIBRARY);
		}
	}

	@Override
	EndReason endReason(Http2Exception cause) {
		if (this.goAway) {
			return EndReason.GOAWAY;
		}
		return (cause.context().initiator() == Initiator.PEER) ? EndReason.LOST : EndReason.IDLE;
	}

	@Override
	boolean isFailedDial(Http2Exception cause) {
		return !this.wasOpen || (!this.knowsLimit && !(cause instanceof ConnectionException));
	}

	@Override
	String name() {
		return "c" + this.number;
	}

	@Override
	public String toString() {
		return name() + "[" + stage() + " " + this.used + "/" + limit() + (this.gone ? " gone" : "") + "]";
	}

}
