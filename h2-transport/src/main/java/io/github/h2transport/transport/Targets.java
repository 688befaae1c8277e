package io.github.h2transport.transport;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.ProxyResolver;
import io.github.h2transport.ProxySettings;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.protocol.RequestTarget;
import org.jspecify.annotations.Nullable;

/**
 * The origins that were called, so that not every call takes its URI apart anew.
 * Thread-safe.
 */
final class Targets {

	/** Who calls more origins than that pays a little more for each call. */
	private static final int MOST = 1024;

	/** By authority as the URI writes it. */
	private final Map<String, Target> https = new ConcurrentHashMap<>();

	private final Map<String, Target> http = new ConcurrentHashMap<>();

	private final TransportOptions options;

	Targets(TransportOptions options) {
		this.options = options;
	}

	Target of(URI uri) throws InvalidRequestException {
		String scheme = uri.getScheme();
		Map<String, Target> known = "https".equals(scheme) ? this.https : "http".equals(scheme) ? this.http : null;
		String authority = uri.getRawAuthority();
		// User information may be a secret, and is not kept.
		if (known == null || authority == null || uri.getRawUserInfo() != null) {
			return Target.of(uri, this.options);
		}
		Target target = known.get(authority);
		if (target == null) {
			target = Target.of(uri, this.options);
			if (known.size() < MOST) {
				known.put(authority, target);
			}
		}
		return target;
	}

	/** The key of calls to an origin that have no options of their own. */
	ConnectionKey key(Origin origin) throws InvalidRequestException {
		return of(URI.create(origin.toString())).key(CallOptions.defaults(), System.nanoTime());
	}

	/** An origin and what calls without options of their own share. */
	static final class Target {

		/** A proxy that comes or goes is noticed after so long. */
		private static final long ROUTE_LIFE_NANOS = 1_000_000_000L;

		private final RequestTarget target;

		private final TransportOptions options;

		/** Without proxy, TLS identity and address filter. */
		private final ConnectionKey plainKey;

		/** The latest answer about the proxy; of two at once either is good. */
		private volatile @Nullable Route route;

		private Target(RequestTarget target, TransportOptions options) {
			this.target = target;
			this.options = options;
			this.plainKey = new ConnectionKey(target.origin(), null, null);
		}

		private static Target of(URI uri, TransportOptions options) throws InvalidRequestException {
			RequestTarget target = RequestTarget.of(uri);
			return new Target(target, options.forOrigin(target.origin()));
		}

		RequestTarget target() {
			return this.target;
		}

		/** Those of the origin. */
		TransportOptions options() {
			return this.options;
		}

		ConnectionKey key(CallOptions own, long nowNanos) throws InvalidRequestException {
			ConnectionKey general = (own.proxy() != null) ? ask(own.proxy()) : route(nowNanos);
			return (own.tls() == null && own.addressFilter() == null) ? general
					: new ConnectionKey(general.origin(), own.tls(), own.addressFilter(), general.proxy());
		}

		private ConnectionKey route(long nowNanos) throws InvalidRequestException {
			ProxyResolver proxies = this.options.proxy();
			if (proxies == null) {
				return this.plainKey;
			}
			Route latest = this.route;
			if (latest == null || nowNanos - latest.askedNanos() >= ROUTE_LIFE_NANOS) {
				latest = new Route(ask(proxies), nowNanos);
				this.route = latest;
			}
			return latest.key();
		}

		private ConnectionKey ask(ProxyResolver proxies) throws InvalidRequestException {
			Origin origin = this.target.origin();
			try {
				ProxySettings proxy = proxies.proxyFor(origin);
				return (proxy != null) ? new ConnectionKey(origin, null, null, proxy) : this.plainKey;
			}
			catch (Throwable ex) {
				throw new InvalidRequestException("The proxy for " + origin + " could not be found out: " + ex, ex,
						FailureContext.of(Initiator.CALLER, Phase.VALIDATE));
			}
		}

	}

	/**
	 * What the proxy resolver said.
	 *
	 * @param key with the proxy, without TLS identity and address filter
	 * @param askedNanos when
	 */
	private record Route(ConnectionKey key, long askedNanos) {
	}

}
