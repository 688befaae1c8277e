package io.github.h2transport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * An immutable, ordered header or trailer section. Names are kept in lower case, as
 * HTTP/2 demands (RFC 9113 section 8.2.1); look-ups ignore case. Fields of one name keep
 * their order and are never joined.
 */
public final class Headers implements Iterable<HeaderField> {

	private static final Headers EMPTY = new Headers(new String[0], null);

	/** Names at even, values at odd positions: one array for the whole section. */
	private final String[] fields;

	/** {@code null} if no field is sensitive, as in nearly every section. */
	private final boolean @Nullable [] sensitive;

	private Headers(String[] fields, boolean @Nullable [] sensitive) {
		this.fields = fields;
		this.sensitive = sensitive;
	}

	/**
	 * Returns the section without fields.
	 * @return a shared instance
	 */
	public static Headers empty() {
		return EMPTY;
	}

	/**
	 * Returns a section from alternating names and values.
	 * @param namesAndValues an even number of strings
	 * @return a new section
	 * @throws IllegalArgumentException if the number of strings is odd
	 */
	public static Headers of(String... namesAndValues) {
		if (namesAndValues.length % 2 != 0) {
			throw new IllegalArgumentException("Names and values must come in pairs");
		}
		Builder builder = builder(namesAndValues.length / 2);
		for (int i = 0; i < namesAndValues.length; i += 2) {
			builder.add(namesAndValues[i], namesAndValues[i + 1]);
		}
		return builder.build();
	}

	public static Builder builder() {
		return builder(8);
	}

	/**
	 * Returns a builder for a known number of fields.
	 * @param expectedFields how many fields are expected; it may become more
	 * @return an empty builder
	 */
	public static Builder builder(int expectedFields) {
		return new Builder(expectedFields);
	}

	/**
	 * Returns the number of field lines.
	 * @return 0 or more
	 */
	public int size() {
		return this.fields.length / 2;
	}

	public boolean isEmpty() {
		return this.fields.length == 0;
	}

	public String name(int index) {
		return this.fields[2 * index];
	}

	public String value(int index) {
		return this.fields[2 * index + 1];
	}

	public boolean isSensitive(int index) {
		return this.sensitive != null && this.sensitive[index];
	}

	/**
	 * Returns the first value of a field.
	 * @param name the field name in any case
	 * @return the value, {@code null} if there is no such field
	 */
	public @Nullable String get(String name) {
		for (int i = 0; i < this.fields.length; i += 2) {
			if (this.fields[i].equalsIgnoreCase(name)) {
				return this.fields[i + 1];
			}
		}
		return null;
	}

	/**
	 * Returns all values of a field in their order.
	 * @param name the field name in any case
	 * @return an unmodifiable list, empty if there is no such field
	 */
	public List<String> all(String name) {
		List<String> values = new ArrayList<>(2);
		for (int i = 0; i < this.fields.length; i += 2) {
			if (this.fields[i].equalsIgnoreCase(name)) {
				values.add(this.fields[i + 1]);
			}
		}
		return List.copyOf(values);
	}

	public boolean contains(String name) {
		return get(name) != null;
	}

	@Override
	public Iterator<HeaderField> iterator() {
		return new Iterator<>() {

			private int index;

			@Override
			public boolean hasNext() {
				return this.index < size();
			}

			@Override
			public HeaderField next() {
				if (!hasNext()) {
					throw new NoSuchElementException();
				}
				int i = this.index++;
				return new HeaderField(name(i), value(i), isSensitive(i));
			}

		};
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Headers that && Arrays.equals(this.fields, that.fields)
				&& Arrays.equals(this.sensitive, that.sensitive);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.fields);
	}

	/** Only the names: values may be secrets. */
	@Override
	public String toString() {
		StringBuilder names = new StringBuilder("[");
		for (int i = 0; i < size(); i++) {
			names.append((i == 0) ? "" : ", ").append(name(i));
		}
		return names.append(']').toString();
	}

	/**
	 * Collects fields. Not thread-safe. The fields are not judged here; a request's
	 * fields are checked when it is sent.
	 */
	public static final class Builder {

		/** A builder that grew larger lets go of its memory when it is cleared. */
		private static final int KEPT_FIELDS = 64;

		private String[] fields;

		/** Made when the first sensitive field comes. */
		private boolean @Nullable [] sensitive;

		private int size;

		/** Whether the arrays belong to a section that was built. */
		private boolean handedOver;

		private Builder(int expectedFields) {
			this.fields = new String[2 * expectedFields];
		}

		public Builder add(String name, String value) {
			return add(name, value, false);
		}

		/**
		 * Adds a field line.
		 * @param name the name, put into lower case
		 * @param value the value
		 * @param neverIndexed whether no hop may put it into a compression table
		 * @return this builder
		 */
		public Builder add(String name, String value, boolean neverIndexed) {
			String lowerCase = lowerCase(name);
			Objects.requireNonNull(value, "value");
			int index = this.size++;
			if (this.handedOver || 2 * index == this.fields.length) {
				grow();
			}
			this.fields[2 * index] = lowerCase;
			this.fields[2 * index + 1] = value;
			if (neverIndexed && this.sensitive == null) {
				this.sensitive = new boolean[this.fields.length / 2];
			}
			if (this.sensitive != null) {
				this.sensitive[index] = neverIndexed;
			}
			return this;
		}

		private void grow() {
			int length = Math.max(4, 2 * this.fields.length);
			this.fields = Arrays.copyOf(this.fields, length);
			if (this.sensitive != null) {
				this.sensitive = Arrays.copyOf(this.sensitive, length / 2);
			}
			this.handedOver = false;
		}

		/** ASCII only: by Unicode's rules a KELVIN SIGN would become a legal letter. */
		private static String lowerCase(String name) {
			for (int i = 0; i < name.length(); i++) {
				char c = name.charAt(i);
				if (c >= 'A' && c <= 'Z') {
					return lowerCaseFrom(name, i);
				}
			}
			return name;
		}

		private static String lowerCaseFrom(String name, int index) {
			char[] chars = name.toCharArray();
			for (int i = index; i < chars.length; i++) {
				if (chars[i] >= 'A' && chars[i] <= 'Z') {
					chars[i] = (char) (chars[i] + ('a' - 'A'));
				}
			}
			return new String(chars);
		}

		public int size() {
			return this.size;
		}

		/**
		 * Forgets all fields, so that the builder can be used for another section.
		 * @return this builder
		 */
		public Builder clear() {
			if (this.handedOver || this.fields.length > KEPT_FIELDS * 2) {
				this.fields = new String[16];
				this.handedOver = false;
			}
			else {
				Arrays.fill(this.fields, 0, 2 * this.size, null);
			}
			this.sensitive = null;
			this.size = 0;
			return this;
		}

		/**
		 * Builds the section.
		 * @return an immutable section; the builder may be used further
		 */
		public Headers build() {
			if (this.size == 0) {
				return EMPTY;
			}
			if (2 * this.size == this.fields.length) {
				this.handedOver = true;
				return new Headers(this.fields, this.sensitive);
			}
			return new Headers(Arrays.copyOf(this.fields, 2 * this.size),
					(this.sensitive != null) ? Arrays.copyOf(this.sensitive, this.size) : null);
		}

	}

}
