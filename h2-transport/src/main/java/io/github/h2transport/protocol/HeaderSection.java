package io.github.h2transport.protocol;

import io.github.h2transport.Headers;
import io.github.h2transport.hpack.FieldSink;
import org.jspecify.annotations.Nullable;

/**
 * Collects one header or trailer section from the HPACK decoder and judges it (RFC 9113
 * sections 8.2 and 8.3). After the first fault nothing more is kept, but fields may go on
 * coming: a refused block is still decoded to its end, or the compression state of the
 * connection would be lost (RFC 9113 section 4.3).
 *
 * <p>
 * Reusable. Confined to the loop. Names and values have one character an octet.
 */
public final class HeaderSection implements FieldSink {

	/**
	 * How many field lines a section may have, whatever its size. No real message comes
	 * near it; look-ups by name walk over all fields, and each costs us more memory than
	 * the 32 octets that RFC 9113 section 6.5.2 counts.
	 */
	public static final int MAX_FIELDS = 1000;

	/** RFC 9113 section 6.5.2: what each field counts besides its octets. */
	static final int FIELD_OVERHEAD = 32;

	private final int maxListSize;

	/** Set before the first section. */
	private boolean trims;

	// All below: owned by the loop; from begin() to the next begin().

	private Kind kind = Kind.IGNORED;

	private final Headers.Builder fields = Headers.builder();

	/** Built already, {@code null} if the fields still have to be. */
	private @Nullable Headers headers;

	private long listSize;

	private int count;

	private int status;

	private boolean tooLarge;

	private @Nullable String fault;

	/**
	 * Creates a collector for one connection.
	 * @param maxListSize the largest section that is accepted: octets of names and
	 * values, and 32 for each field
	 */
	public HeaderSection(int maxListSize) {
		this.maxListSize = maxListSize;
	}

	/** From now on white space around values is removed, which is a fault otherwise. */
	void trimValues() {
		this.trims = true;
	}

	/**
	 * Forgets the last section and starts another; with {@link Kind#IGNORED} also a way
	 * to let go of the memory of the last one.
	 * @param newKind what comes next
	 */
	public void begin(Kind newKind) {
		this.kind = newKind;
		this.fields.clear();
		this.headers = null;
		this.listSize = 0;
		this.count = 0;
		this.status = 0;
		this.tooLarge = false;
		this.fault = null;
	}

	@Override
	public void field(String name, String value, boolean sensitive) {
		if (this.kind == Kind.IGNORED || this.fault != null) {
			return;
		}
		this.listSize += (long) name.length() + value.length() + FIELD_OVERHEAD;
		this.count++;
		this.headers = null;
		if (this.listSize > this.maxListSize || this.count > MAX_FIELDS) {
			this.tooLarge = true;
			fail("the " + this.kind.words + " are larger than the limit of "
					+ ((this.count > MAX_FIELDS) ? MAX_FIELDS + " fields" : this.maxListSize + " octets"));
		}
		else if (!name.isEmpty() && name.charAt(0) == ':') {
			pseudoField(name, value);
		}
		else {
			regularField(name, value, sensitive);
		}
	}

	/** Takes over what a section without fault had said before. */
	void restore(int knownStatus, Headers knownHeaders, long knownListSize) {
		this.status = knownStatus;
		this.headers = knownHeaders;
		this.listSize = knownListSize;
		this.count = knownHeaders.size() + 1;
	}

	private void pseudoField(String name, String value) {
		if (this.kind == Kind.TRAILERS) {
			fail("pseudo-header field " + Excerpt.of(name) + " in trailers (RFC 9113 section 8.1)");
		}
		else if (!name.equals(":status")) {
			fail("pseudo-header field " + Excerpt.of(name) + " in a response (RFC 9113 section 8.3.2)");
		}
		else if (this.count > 1) {
			fail((this.status != 0) ? ":status more than once (RFC 9113 section 8.3)"
					: ":status after another field (RFC 9113 section 8.3)");
		}
		else {
			int number = parseStatus(value);
			if (number == -1) {
				fail(":status " + Excerpt.of(value) + " is not three digits from 100 (RFC 9110 section 15)");
			}
			else if (number == 101) {
				fail(":status 101, which HTTP/2 does not have (RFC 9113 section 8.6)");
			}
			else {
				this.status = number;
			}
		}
	}

	/**
	 * Three digits, as the grammar demands. Above 599 is accepted: RFC 9110 section 15
	 * asks clients to process it as if it were a 5xx. Below 100 has no class at all.
	 */
	private static int parseStatus(String value) {
		if (value.length() != 3) {
			return -1;
		}
		int number = 0;
		for (int i = 0; i < 3; i++) {
			char c = value.charAt(i);
			if (c < '0' || c > '9') {
				return -1;
			}
			number = 10 * number + (c - '0');
		}
		return (number >= 100) ? number : -1;
	}

	private void regularField(String name, String value, boolean sensitive) {
		if (!FieldSyntax.isLowerCaseToken(name)) {
			fail("field name " + Excerpt.of(name) + " is not a lower-case token (RFC 9113 section 8.2.1)");
		}
		else if (!FieldSyntax.isLegalReceived(value)) {
			String stripped = FieldSyntax.strip(value);
			boolean onlySpace = FieldSyntax.isLegalReceived(stripped);
			if (onlySpace && this.trims) {
				regularField(name, stripped, sensitive);
				return;
			}
			fail("the value of field " + Excerpt.of(name)
					+ " has CR, LF, NUL or surrounding whitespace (RFC 9113 section 8.2.1)"
					+ (onlySpace ? "; h2.transport.trim-field-values=true removes whitespace" : ""));
		}
		else if (FieldSyntax.isConnectionSpecific(name) || name.equals("te")) {
			// TE is legal in HTTP/2, but in requests only.
			fail("connection-specific field " + Excerpt.of(name) + " (RFC 9113 section 8.2.2)");
		}
		else {
			this.fields.add(name, value, sensitive);
		}
	}

	private void fail(String words) {
		this.fault = words;
		this.fields.clear();
		this.status = 0;
	}

	/**
	 * Returns what is wrong with the section. To be asked after its last field.
	 * @return {@code null} if it is well-formed or ignored; else words for a stream error
	 * of type PROTOCOL_ERROR, with text of the peer escaped and without values of regular
	 * fields
	 */
	public @Nullable String fault() {
		if (this.fault == null && this.kind == Kind.RESPONSE && this.status == 0) {
			return "no :status (RFC 9113 section 8.3.2)";
		}
		return this.fault;
	}

	/**
	 * Returns whether the section is larger than the limit or has more than
	 * {@value #MAX_FIELDS} fields, which is also a {@link #fault()}.
	 * @return {@code false} also if another fault came first
	 */
	public boolean isTooLarge() {
		return this.tooLarge;
	}

	/**
	 * Returns how large the section is so far: octets of names and values, and 32 for
	 * each field.
	 * @return 0 if the section is ignored; what comes behind a fault is not counted
	 */
	long listSize() {
		return this.listSize;
	}

	/**
	 * Returns the status of a response.
	 * @return 100 to 999, never 101; 0 for other sections and those with a
	 * {@link #fault()}
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Returns whether this is an interim response, after which another one must follow
	 * (RFC 9110 section 15.2).
	 * @return {@code true} for 100 to 199
	 */
	public boolean isInterim() {
		return this.status >= 100 && this.status < 200;
	}

	/**
	 * Returns the regular fields in their order.
	 * @return empty if the section is ignored or has a {@link #fault()}
	 */
	public Headers headers() {
		Headers result = this.headers;
		if (result == null) {
			result = (fault() != null) ? Headers.empty() : this.fields.build();
			this.headers = result;
		}
		return result;
	}

	/** What a section is. */
	public enum Kind {

		/** The header section of a response, interim or final. */
		RESPONSE("response headers"),

		/** The trailer section of a response. */
		TRAILERS("trailers"),

		/** For a stream that is gone: decoded and forgotten. */
		IGNORED("fields");

		private final String words;

		Kind(String words) {
			this.words = words;
		}

	}

}
