package io.github.h2transport.spring;

import java.net.ProtocolException;
import java.time.Duration;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * The redirects of one call: how many there were, and how much of its time is left. Used
 * by one thread at a time.
 */
final class RedirectChain {

	private final Http2Request first;

	private final TransportOptions defaults;

	private final long startNanos = System.nanoTime();

	private int followed;

	RedirectChain(Http2Request first, TransportOptions defaults) {
		this.first = first;
		this.defaults = defaults;
	}

	/**
	 * Goes one step further along the chain.
	 * @param request the request that was answered
	 * @param response its answer, which is closed if it is not the last
	 * @return the request to be sent instead, {@code null} if the answer is for the
	 * caller
	 * @throws ProtocolException if the chain is too long
	 */
	@Nullable Http2Request next(Http2Request request, Http2Response response) throws ProtocolException {
		Http2Request next = RedirectRule.next(request, response);
		if (next == null) {
			return null;
		}
		response.close();
		if (this.followed == RedirectRule.MAX_REDIRECTS) {
			// Where it leads is the server's text.
			throw new ProtocolException("Stopped after " + RedirectRule.MAX_REDIRECTS + " redirects; the last was from "
					+ Excerpt.message(request.toString()) + " to " + Excerpt.message(next.toString()));
		}
		this.followed++;
		Duration elapsed = Duration.ofNanos(System.nanoTime() - this.startNanos);
		return RedirectRule.copy(next)
			.options(RedirectRule.remaining(this.first.options(), this.defaults, elapsed))
			.build();
	}

}
