package io.github.h2transport.spring;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.h2transport.transport.TransportSnapshot;

/**
 * What an operator is told of calls that hold up the end of an application.
 *
 * @param byOrigin how many there are, open streams and waiting requests; never 0
 */
record RunningCalls(Map<String, Integer> byOrigin) {

	private static final int MAX_NAMES = 5; // a line in a log

	static RunningCalls of(TransportSnapshot snapshot) {
		Map<String, Integer> counts = new TreeMap<>();
		snapshot.origins().forEach((origin) -> {
			int calls = origin.pending()
					+ origin.connections().stream().mapToInt((connection) -> connection.activeStreams()).sum();
			if (calls > 0) {
				counts.merge(origin.key().origin().toString(), calls, Integer::sum);
			}
		});
		return new RunningCalls(counts);
	}

	boolean isEmpty() {
		return this.byOrigin.isEmpty();
	}

	/** As in "3 calls to https://a.example, https://b.example". */
	@Override
	public String toString() {
		int calls = this.byOrigin.values().stream().mapToInt(Integer::intValue).sum();
		int more = this.byOrigin.size() - MAX_NAMES;
		return calls + ((calls == 1) ? " call to " : " calls to ")
				+ this.byOrigin.keySet().stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
				+ ((more > 0) ? " and " + more + " more" : "");
	}

	/** As in "10 s" or "1500 ms". */
	static String words(Duration duration) {
		return (duration.toMillisPart() == 0) ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
	}

}
