package io.github.h2transport.spring.matrix;

/** What a server may be able to do. Most can do most, none can do all. */
enum Feature {

	/** Answers GET and POST. */
	BODIES("GET, POST"),

	/** Moves content that is larger than every window at its start, in pieces. */
	STREAMING("large content"),

	/** Answers while it still reads the request. */
	BOTH_WAYS_AT_ONCE("both ways at once"),

	PARALLEL("100 at once"),

	HEAD("HEAD"),

	NO_CONTENT("204"),

	NOT_MODIFIED("304"),

	/** Sends trailers (RFC 9113 section 8.1). */
	RESPONSE_TRAILERS("trailers"),

	/** Shows its handlers the trailers of a request. */
	REQUEST_TRAILERS("trailers of requests"),

	/** Sends interim responses (RFC 8297). */
	EARLY_HINTS("103"),

	/** Gives its final answer before it has read the content. */
	EARLY_ANSWER("early 413");

	private final String label;

	Feature(String label) {
		this.label = label;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
