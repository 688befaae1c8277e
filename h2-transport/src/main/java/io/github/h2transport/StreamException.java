package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One stream ended early while its connection goes on: RST_STREAM from the peer (RFC 9113
 * section 6.4), or a stream error that we found (section 5.4.2).
 */
public final class StreamException extends Http2Exception {

	private static final long serialVersionUID = 1L;

	public StreamException(String message, @Nullable Throwable cause, FailureContext context) {
		this(message, cause, context, List.of());
	}

	private StreamException(String message, @Nullable Throwable cause, FailureContext context,
			List<Http2Exception> attempts) {
		super(message, cause, context, attempts);
	}

	@Override
	public StreamException forCaller(List<Http2Exception> earlier) {
		return new StreamException(withAttempts(String.valueOf(getMessage()), earlier),
				(getCause() != null) ? getCause() : this, contextAfter(earlier), earlier);
	}

}
