package io.github.h2transport.transport;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportListener;
import io.github.h2transport.conn.Guests;
import org.jspecify.annotations.Nullable;

/**
 * Tells all listeners, in their order, and keeps what one throws away from the others and
 * from the calls and connections that it listens to.
 */
final class SafeListener implements TransportListener {

	private final List<TransportListener> listeners;

	SafeListener(List<TransportListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	private void run(Consumer<TransportListener> event) {
		for (TransportListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				Guests.failed("A transport listener (" + listener.getClass().getName() + ")", ex);
			}
		}
	}

	@Override
	public void getConnection(Http2Request request) {
		run((each) -> each.getConnection(request));
	}

	@Override
	public void gotConnection(Http2Request request, String connectionId, boolean reused, boolean wasIdle,
			Duration idleTime) {
		run((each) -> each.gotConnection(request, connectionId, reused, wasIdle, idleTime));
	}

	@Override
	public void wroteHeaders(Http2Request request) {
		run((each) -> each.wroteHeaders(request));
	}

	@Override
	public void wroteRequest(Http2Request request) {
		run((each) -> each.wroteRequest(request));
	}

	@Override
	public void informational(Http2Request request, int status, Headers headers) {
		run((each) -> each.informational(request, status, headers));
	}

	@Override
	public void firstByte(Http2Request request, int status) {
		run((each) -> each.firstByte(request, status));
	}

	@Override
	public void retried(Http2Request request, Http2Exception cause) {
		run((each) -> each.retried(request, cause));
	}

	@Override
	public void done(Http2Request request, @Nullable Throwable failure) {
		run((each) -> each.done(request, failure));
	}

	@Override
	public void connectionOpened(String connectionId, ConnectionKey key) {
		run((each) -> each.connectionOpened(connectionId, key));
	}

	@Override
	public void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
		run((each) -> each.connectionClosed(connectionId, key, reason));
	}

	@Override
	public void acquired(ConnectionKey key, Duration waited, @Nullable Http2Exception failure) {
		run((each) -> each.acquired(key, waited, failure));
	}

	@Override
	public void dialled(String connectionId, ConnectionKey key, Duration took, @Nullable Http2Exception failure) {
		run((each) -> each.dialled(connectionId, key, took, failure));
	}

	@Override
	public void goAwayReceived(String connectionId, ConnectionKey key, int lastStreamId, ErrorCode code) {
		run((each) -> each.goAwayReceived(connectionId, key, lastStreamId, code));
	}

	@Override
	public void resetReceived(String connectionId, ConnectionKey key, ErrorCode code) {
		run((each) -> each.resetReceived(connectionId, key, code));
	}

	@Override
	public void resetSent(String connectionId, ConnectionKey key, ErrorCode code) {
		run((each) -> each.resetSent(connectionId, key, code));
	}

}
