package io.github.h2transport.spring.diagnosis;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was found.
 *
 * @param kind what it is
 * @param severity how much it matters
 * @param origin where: scheme, host and port
 * @param summary what was found, a full sentence
 * @param since for how long it has been so, {@code null} if unknown
 * @param evidence the numbers behind it, by name; numbers, texts, durations
 * @param advice what can be done, in full sentences, never empty
 * @param property the property to change, {@code null} if none would help
 */
public record Finding(FindingKind kind, Severity severity, String origin, String summary, @Nullable Duration since,
		Map<String, Object> evidence, String advice, @Nullable String property) {

	/** Copies the evidence and keeps its order. */
	public Finding {
		evidence = Collections.unmodifiableMap(new LinkedHashMap<>(evidence));
	}

}
