package io.github.h2transport.transport;

import java.lang.System.Logger.Level;
import java.time.Duration;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2Request;
import io.github.h2transport.TransportListener;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a listener throws away from the calls and connections that it listens to.
 */
final class SafeListener implements TransportListener {

	private static final System.Logger logger = System.getLogger(SafeListener.class.getName());

	private final TransportListener delegate;

	SafeListener(TransportListener delegate) {
		this.delegate = delegate;
	}

	private void run(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException | Error ex) {
			logger.log(Level.WARNING, "A transport listener failed: " + this.delegate.getClass().getName(), ex);
		}
	}

	@Override
	public void getConnection(Http2Request request) {
		run(() -> this.delegate.getConnection(request));
	}

	@Override
	public void gotConnection(Http2Request request, String connectionId, boolean reused, boolean wasIdle,
			Duration idleTime) {
		run(() -> this.delegate.gotConnection(request, connectionId, reused, wasIdle, idleTime));
	}

	@Override
	public void wroteHeaders(Http2Request request) {
		run(() -> this.delegate.wroteHeaders(request));
	}

	@Override
	public void wroteRequest(Http2Request request) {
		run(() -> this.delegate.wroteRequest(request));
	}

	@Override
	public void informational(Http2Request request, int status, Headers headers) {
		run(() -> this.delegate.informational(request, status, headers));
	}

	@Override
	public void firstByte(Http2Request request, int status) {
		run(() -> this.delegate.firstByte(request, status));
	}

	@Override
	public void retried(Http2Request request, Http2Exception cause) {
		run(() -> this.delegate.retried(request, cause));
	}

	@Override
	public void done(Http2Request request, @Nullable Throwable failure) {
		run(() -> this.delegate.done(request, failure));
	}

	@Override
	public void connectionOpened(String connectionId, ConnectionKey key) {
		run(() -> this.delegate.connectionOpened(connectionId, key));
	}

	@Override
	public void connectionClosed(String connectionId, ConnectionKey key, Http2Exception reason) {
		run(() -> this.delegate.connectionClosed(connectionId, key, reason));
	}

}
