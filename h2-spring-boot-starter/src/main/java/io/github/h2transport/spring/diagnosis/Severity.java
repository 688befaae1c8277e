package io.github.h2transport.spring.diagnosis;

import java.util.Locale;

/** How much a finding matters, the worst first. */
public enum Severity {

	/** Calls fail or will fail soon. */
	CRITICAL,

	/** Calls are slower than they need to be, or may fail if it goes on. */
	WARNING,

	/** Worth to know; no call suffers. */
	INFO,

	/** Nothing is wrong. */
	OK;

	/**
	 * Returns the severity of a name.
	 * @param id as {@link #id()} gives it
	 * @return the severity
	 */
	public static Severity of(String id) {
		return valueOf(id.toUpperCase(Locale.ROOT));
	}

	/**
	 * Returns the name that endpoints show.
	 * @return in lower case, for example {@code warning}
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

}
