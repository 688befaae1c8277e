package io.github.h2transport.spring.diagnosis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.transport.TransportSnapshot.OriginSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what holds the calls to one origin up. Knows nothing but the snapshot that it
 * is given, so the same snapshot has always the same findings.
 */
public final class Diagnosis {

	private static final Comparator<Finding> MOST_IMPORTANT_FIRST = Comparator.comparing(Finding::severity)
		.thenComparing(Finding::kind);

	private final String origin;

	private final List<Finding> findings = new ArrayList<>();

	private Diagnosis(String origin) {
		this.origin = origin;
	}

	/**
	 * Finds out what is to be said of an origin.
	 * @param key the origin, with what its connections have in common
	 * @param http2 its connections, {@code null} if there are none
	 * @param http1 why it is called over HTTP/1.1, {@code null} if it is not
	 * @return at least one finding, the most important first
	 */
	public static List<Finding> of(ConnectionKey key, @Nullable OriginSnapshot http2, @Nullable Http1Origin http1) {
		Diagnosis diagnosis = new Diagnosis(key.origin().toString());
		if (http2 != null) {
			PoolFindings.find(diagnosis, http2, http1 != null);
			ConnectionFindings.find(diagnosis, http2.connections());
		}
		if (http1 != null) {
			diagnosis.fallback(http1);
		}
		if (diagnosis.findings.isEmpty()) {
			diagnosis.fine(http2);
		}
		diagnosis.findings.sort(MOST_IMPORTANT_FIRST);
		return List.copyOf(diagnosis.findings);
	}

	private void fallback(Http1Origin http1) {
		boolean refused = http1.retryIn() == null;
		Map<String, Object> evidence = evidence("reason", http1.reason(), "calls", http1.calls());
		if (http1.retryIn() != null) {
			evidence.put("retryIn", http1.retryIn());
		}
		add(FindingKind.HTTP1_FALLBACK, Severity.INFO,
				refused ? "Calls go over HTTP/1.1, since http URLs are not called over HTTP/2 here."
						: "Calls go over HTTP/1.1, since the server did not agree to HTTP/2.",
				http1.age(), evidence,
				refused ? "If the server speaks HTTP/2 without TLS, allow HTTP/2 for http URLs."
						: "If the server should speak HTTP/2, look at its ALPN settings and at proxies that end TLS on the way. "
								+ "Without the fallback such calls would fail.",
				refused ? "h2.transport.allow-http" : "h2.transport.fallback");
	}

	/** Requests that have just come wait for a moment at times. */
	private void fine(@Nullable OriginSnapshot http2) {
		int connections = (http2 != null) ? http2.connections().size() : 0;
		int streams = (http2 != null) ? http2.connections().stream().mapToInt(ConnectionSnapshot::activeStreams).sum()
				: 0;
		int pending = (http2 != null) ? http2.pending() : 0;
		add(FindingKind.FINE, Severity.OK,
				"Nothing holds calls up: " + counted(connections, "connection") + ", "
						+ counted(streams, "active stream") + ", " + counted(pending, "waiting request") + ".",
				null, evidence("connections", connections, "activeStreams", streams, "pending", pending),
				"There is nothing to do.", null);
	}

	void add(FindingKind kind, Severity severity, String summary, @Nullable Duration since,
			Map<String, Object> evidence, String advice, @Nullable String property) {
		this.findings.add(new Finding(kind, severity, this.origin, summary, since, evidence, advice, property));
	}

	/** Names and values in turn, in this order. */
	static Map<String, Object> evidence(Object... namesAndValues) {
		Map<String, Object> evidence = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			evidence.put((String) namesAndValues[i], namesAndValues[i + 1]);
		}
		return evidence;
	}

	static String counted(long count, String thing) {
		return count + " " + thing + ((count == 1) ? "" : "s");
	}

	/** For sentences; the exact value is in the finding. */
	static String words(Duration duration) {
		long millis = duration.toMillis();
		if (millis < 1_000) {
			return millis + " ms";
		}
		return (millis < 120_000) ? millis / 1_000 + " s" : duration.toMinutes() + " minutes";
	}

}
