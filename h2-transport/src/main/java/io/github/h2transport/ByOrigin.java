package io.github.h2transport;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What holds for some origins and not for others. Of the patterns that match an origin
 * the most specific one counts ({@link OriginPattern#MOST_SPECIFIC_FIRST}); among equals
 * the one that was given first. Immutable.
 *
 * @param <T> what there is for an origin
 */
public final class ByOrigin<T> {

	/** The most specific first. */
	private final List<Map.Entry<OriginPattern, T>> entries;

	private ByOrigin(List<Map.Entry<OriginPattern, T>> entries) {
		this.entries = entries;
	}

	/**
	 * Makes a table.
	 * @param <T> what there is for an origin
	 * @param values by pattern; its order counts only between patterns that are equally
	 * specific
	 * @return a table of its own
	 */
	public static <T> ByOrigin<T> of(Map<OriginPattern, T> values) {
		return new ByOrigin<>(values.entrySet()
			.stream()
			.map((entry) -> Map.entry(entry.getKey(), entry.getValue()))
			.sorted(Comparator.comparing(Map.Entry::getKey, OriginPattern.MOST_SPECIFIC_FIRST))
			.toList());
	}

	/**
	 * Returns what holds for an origin.
	 * @param origin the origin
	 * @return {@code null} if no pattern matches
	 */
	public @Nullable T get(Origin origin) {
		for (Map.Entry<OriginPattern, T> entry : this.entries) {
			if (entry.getKey().matches(origin)) {
				return entry.getValue();
			}
		}
		return null;
	}

	@Override
	public String toString() {
		return this.entries.toString();
	}

}
