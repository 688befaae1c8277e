package io.github.h2transport.spring.metrics;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.h2transport.Origin;
import io.micrometer.core.instrument.Tag;

/**
 * The values that the tag {@code origin} may have: the first origins that are called, and
 * {@code other} for all later ones, for every value costs the registry memory that it
 * never gives back. Thread-safe.
 */
public final class OriginTags {

	/** An application calls some; a crawler thousands. */
	public static final int MAX_ORIGINS = 100;

	/** The value for all origins beyond the limit. */
	public static final String OTHER = "other";

	private static final String NAME = "origin";

	private final int most;

	private final Set<String> known = ConcurrentHashMap.newKeySet();

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	/** Guards additions, so that the limit holds and each value is told once. */
	private final ReentrantLock lock = new ReentrantLock();

	/** Makes an empty set of values. */
	public OriginTags() {
		this(MAX_ORIGINS);
	}

	OriginTags(int most) {
		this.most = most;
	}

	Tag tag(Origin origin) {
		return Tag.of(NAME, value(origin));
	}

	static Tag tag(String value) {
		return Tag.of(NAME, value);
	}

	String value(Origin origin) {
		String value = origin.toString();
		if (this.known.contains(value)) {
			return value;
		}
		return add(value);
	}

	/** What a snapshot's origin is counted as; adds nothing. */
	String known(Origin origin) {
		String value = origin.toString();
		return this.known.contains(value) ? value : OTHER;
	}

	private String add(String value) {
		this.lock.lock();
		try {
			String kept = (this.known.size() < this.most || this.known.contains(value)) ? value : OTHER;
			if (this.known.add(kept)) {
				this.listeners.forEach((listener) -> listener.accept(kept));
			}
			return kept;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Hears of each value once, those that are known already included. */
	void onNew(Consumer<String> listener) {
		this.lock.lock();
		try {
			this.listeners.add(listener);
			this.known.forEach(listener);
		}
		finally {
			this.lock.unlock();
		}
	}

}
