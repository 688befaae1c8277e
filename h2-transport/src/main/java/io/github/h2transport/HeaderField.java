package io.github.h2transport;

/**
 * One field line of a header or trailer section.
 *
 * @param name the field name in lower case
 * @param value the field value
 * @param sensitive whether the field must never enter a compression table, on no hop (RFC
 * 7541 section 7.1.3)
 */
public record HeaderField(String name, String value, boolean sensitive) {

	public HeaderField(String name, String value) {
		this(name, value, false);
	}

	/** The value is left out on purpose: it may be a secret. */
	@Override
	public String toString() {
		return this.name + ": {masked}";
	}

}
