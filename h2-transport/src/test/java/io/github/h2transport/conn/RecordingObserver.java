package io.github.h2transport.conn;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/** What a pool would be told. */
final class RecordingObserver implements ConnObserver {

	private final List<String> events = new CopyOnWriteArrayList<>();

	private volatile @Nullable Http2Exception closedBy;

	/** Returns what happened since the last call. */
	List<String> take() {
		List<String> all = List.copyOf(this.events);
		this.events.clear();
		return all;
	}

	@Nullable Http2Exception closedBy() {
		return this.closedBy;
	}

	@Override
	public void opened(ClientConn connection) {
		this.events.add("opened");
	}

	@Override
	public void slotsFreed(ClientConn connection) {
		this.events.add("slotsFreed");
	}

	@Override
	public void doubted(ClientConn connection) {
		this.events.add("doubted");
	}

	@Override
	public void draining(ClientConn connection) {
		this.events.add("draining");
	}

	@Override
	public void closed(ClientConn connection, Http2Exception cause) {
		this.events.add("closed");
		this.closedBy = cause;
	}

}
