package io.github.h2transport.benchmarks.compare;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one repetition of one row gave. Immutable; {@link #line()} and {@link #parse}
 * carry it out of the worker.
 *
 * @param values what was measured; empty if the client cannot do it
 * @param note why a call failed, or why there are no values; empty if all went well
 */
record Measurement(Map<Metric, Double> values, String note) {

	static final String PREFIX = "RESULT ";

	private static final String NOTE = " note=";

	private static final int MAX_NOTE = 300;

	static Measurement impossible(String reason) {
		return new Measurement(Map.of(), reason);
	}

	static String oneLine(String text) {
		String line = text.replaceAll("\\s+", " ").trim();
		return (line.length() > MAX_NOTE) ? line.substring(0, MAX_NOTE) + "…" : line;
	}

	String line() {
		StringBuilder line = new StringBuilder(PREFIX);
		this.values.forEach((metric, value) -> line.append(metric.name()).append('=').append(value).append(' '));
		return line.toString().trim() + NOTE + oneLine(this.note);
	}

	static Measurement parse(String line) {
		int note = line.indexOf(NOTE);
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		if (note > PREFIX.length()) {
			for (String pair : line.substring(PREFIX.length(), note).split(" ")) {
				String[] parts = pair.split("=");
				values.put(Metric.valueOf(parts[0]), Double.valueOf(parts[1]));
			}
		}
		return new Measurement(values, line.substring(note + NOTE.length()));
	}

}
