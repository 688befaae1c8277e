package io.github.h2transport.spring;

import java.net.ProtocolException;
import java.time.Duration;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.Origin;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * The requests that one call of Spring may become: redirects lead to further ones, as
 * long as there is time, and each takes its cookies along. Used by one thread at a time.
 */
final class CallChain {

	private final ClientFeatures features;

	private final Http2Request first;

	private final TransportOptions defaults;

	private final long startNanos = System.nanoTime();

	/** The latest request, without the cookies of the jar. */
	private Http2Request current;

	private int followed;

	CallChain(Http2Request first, ClientFeatures features, TransportOptions defaults) {
		this.first = first;
		this.current = first;
		this.features = features;
		this.defaults = defaults;
	}

	/** Returns the first request as it is to be sent. */
	Http2Request first() {
		return this.features.withCookies(this.first);
	}

	/**
	 * Goes one step further along the chain.
	 * @param response the answer to the latest request, which is closed if it is not the
	 * last
	 * @return the request to be sent instead, {@code null} if the answer is for the
	 * caller
	 * @throws ProtocolException if the chain is too long, or leads nowhere
	 */
	@Nullable Http2Request next(Http2Response response) throws ProtocolException {
		this.features.remember(this.current, response);
		Http2Request next;
		try {
			// Where a redirect leads is compared with the host it comes from.
			boolean readable = this.current.uri().getHost() != null;
			next = (readable && this.features.followRedirects()) ? RedirectRule.next(this.current, response) : null;
		}
		catch (ProtocolException ex) {
			response.close();
			throw ex;
		}
		if (next == null) {
			return null;
		}
		response.close();
		if (this.followed == RedirectRule.MAX_REDIRECTS) {
			// Where it leads is the server's text.
			throw new ProtocolException("Stopped after " + RedirectRule.MAX_REDIRECTS + " redirects; the last was from "
					+ Excerpt.message(this.current.toString()) + " to " + Excerpt.message(next.toString()));
		}
		this.followed++;
		Duration elapsed = Duration.ofNanos(System.nanoTime() - this.startNanos);
		this.current = RedirectRule.copy(next)
			.options(RedirectRule.remaining(this.first.options(), defaults(), elapsed))
			.build();
		return this.features.withCookies(this.current);
	}

	/** The limits of the first origin are for the whole chain. */
	private TransportOptions defaults() {
		return this.defaults.forOrigin(Origin.of(this.first.uri()));
	}

}
