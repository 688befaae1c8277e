package io.github.h2transport.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;

import io.github.h2transport.ConnectionException;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.conn.Doubt;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a transport in its pool, which it tells what happens.
 */
final class ConnMember extends Member<ClientConn> implements ConnObserver {

	/** SETTINGS follow within a round trip, or something is wrong there. */
	private static final long FRESH_NANOS = 1_000_000_000L;

	private final KeyPool<ClientConn> pool;

	private final Dialer dialer;

	private final boolean singleUse;

	/** Raised under the key's lock, also while the dial begins. */
	private volatile Duration dialTimeout;

	/** Set by the dial, or by its outcome if that is quicker; always the same. */
	private volatile @Nullable ClientConn connection;

	/** Set by the loop before the pool knows of it. */
	private volatile long openedNanos;

	/** Set before its first request. */
	private volatile int maxRequests = Integer.MAX_VALUE;

	/** Set by the loop: it was retired while streams ran on it. */
	private volatile boolean retiredInUse;

	ConnMember(KeyPool<ClientConn> pool, Dialer dialer, Duration connectTimeout, boolean singleUse) {
		this.pool = pool;
		this.dialer = dialer;
		this.dialTimeout = connectTimeout;
		this.singleUse = singleUse;
	}

	@Override
	void dial() {
		ClientConn dialled = this.dialer.dial(this.pool.key(), this.dialTimeout, this.singleUse, this,
				(found) -> this.pool.order(this, found));
		this.connection = dialled;
		// It may have been raised before the connection could be told.
		this.dialer.extend(dialled, this.dialTimeout);
	}

	@Override
	void extend(Duration timeout) {
		super.extend(timeout);
		this.dialTimeout = allowed();
		ClientConn dialled = this.connection;
		if (dialled != null) {
			this.dialer.extend(dialled, timeout);
		}
	}

	@Override
	Http2TimeoutException timedOut(Duration timeout) {
		ClientConn dialled = this.connection;
		return (dialled != null) ? this.dialer.timedOut(dialled, timeout) : super.timedOut(timeout);
	}

	@Override
	ClientConn connection() {
		return Objects.requireNonNull(this.connection);
	}

	@Override
	boolean isSingleUse() {
		return this.singleUse;
	}

	@Override
	boolean canTake() {
		return connection().canTakeNewRequest();
	}

	@Override
	boolean isFresh() {
		return System.nanoTime() - this.openedNanos < FRESH_NANOS;
	}

	@Override
	Doubt doubt() {
		return connection().doubt();
	}

	@Override
	boolean tryReserve(int most) {
		return connection().tryReserve(most);
	}

	@Override
	void release() {
		connection().release();
	}

	@Override
	int activeStreams() {
		return connection().activeStreams();
	}

	@Override
	int limit() {
		return connection().maxConcurrentStreams();
	}

	@Override
	boolean knowsLimit() {
		return connection().hasPeerSettings();
	}

	@Override
	boolean wasOpen() {
		return connection().wasOpen();
	}

	@Override
	boolean hasServed() {
		return connection().hasCompletedAny();
	}

	@Override
	int processedBeforeGoAway() {
		return connection().processedBeforeGoAway();
	}

	@Override
	boolean isRetiredByServer() {
		return connection().goAway() != null;
	}

	@Override
	boolean isUsedUp() {
		return connection().streamsOpened() >= this.maxRequests;
	}

	@Override
	void bound(int maxStreams, int newMaxRequests) {
		this.maxRequests = newMaxRequests;
		connection().maxStreams(maxStreams);
		connection().maxRequests(newMaxRequests);
	}

	@Override
	void keepIdle(boolean keep) {
		connection().keepIdle(keep);
	}

	@Override
	@Nullable InetAddress remoteAddress() {
		return connection().remoteAddress();
	}

	@Override
	void drain() {
		connection().doNotReuse();
	}

	@Override
	EndReason endReason(Http2Exception cause) {
		if (connection().goAway() != null) {
			return EndReason.GOAWAY;
		}
		if (cause.context().initiator() == Initiator.PEER) {
			return EndReason.LOST;
		}
		if (cause.context().initiator() == Initiator.CALLER) {
			return EndReason.CLOSED;
		}
		if (this.singleUse) {
			return EndReason.SINGLE_USE;
		}
		if (isUsedUp()) {
			return EndReason.MAX_REQUESTS;
		}
		return this.retiredInUse ? EndReason.TOO_MANY_RESETS : EndReason.IDLE;
	}

	/**
	 * Until its SETTINGS have arrived a connection is not established (RFC 9113 section
	 * 3.4), unless it was ourselves who ended it.
	 */
	@Override
	boolean isFailedDial(Http2Exception cause) {
		return !wasOpen() || (!knowsLimit() && !(cause instanceof ConnectionException));
	}

	@Override
	String name() {
		return connection().id();
	}

	@Override
	boolean wasCalmed() {
		ConnectionSnapshot.GoAway goAway = connection().goAway();
		return goAway != null && goAway.code().equals(ErrorCode.ENHANCE_YOUR_CALM.name());
	}

	@Override
	String lastWords(Http2Exception cause) {
		ConnectionSnapshot.GoAway goAway = connection().goAway();
		if (goAway == null) {
			return super.lastWords(cause);
		}
		String debug = goAway.debug().isEmpty() ? "" : " '" + goAway.debug() + "'";
		return "GOAWAY " + goAway.code() + debug + " on connection " + name();
	}

	// ---- told by the connection ----

	@Override
	public void opened(ClientConn opened) {
		this.openedNanos = System.nanoTime();
		this.connection = opened;
		this.pool.opened(this);
	}

	@Override
	public void slotsFreed(ClientConn from) {
		this.pool.slotsFreed(this);
	}

	@Override
	public void doubted(ClientConn from) {
		this.pool.doubted();
	}

	@Override
	public void draining(ClientConn from) {
		this.retiredInUse = from.activeStreams() > 0;
		this.pool.draining(this);
	}

	@Override
	public void closed(ClientConn closed, Http2Exception cause) {
		this.connection = closed;
		this.pool.closed(this, cause);
	}

}
