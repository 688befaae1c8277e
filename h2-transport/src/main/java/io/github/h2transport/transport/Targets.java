package io.github.h2transport.transport;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.h2transport.CallOptions;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.InvalidRequestException;
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

	/**
	 * An origin and what calls without options of their own share.
	 *
	 * @param target the origin
	 * @param plainKey the key without TLS identity and address filter
	 * @param options those of the origin
	 */
	record Target(RequestTarget target, ConnectionKey plainKey, TransportOptions options) {

		private static Target of(URI uri, TransportOptions options) throws InvalidRequestException {
			RequestTarget target = RequestTarget.of(uri);
			return new Target(target, new ConnectionKey(target.origin(), null, null),
					options.forOrigin(target.origin()));
		}

		ConnectionKey key(CallOptions options) {
			return (options.tls() == null && options.addressFilter() == null) ? this.plainKey
					: new ConnectionKey(this.target.origin(), options.tls(), options.addressFilter());
		}

	}

}
