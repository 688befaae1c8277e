package io.github.h2transport.protocol;

import io.github.h2transport.protocol.HeaderSection.Kind;

/** Sections as a decoder would deliver them. */
final class Sections {

	/** The default limit of the transport's options. */
	static final int LIMIT = 64 * 1024;

	private Sections() {
	}

	static HeaderSection response(String... namesAndValues) {
		return section(Kind.RESPONSE, LIMIT, namesAndValues);
	}

	static HeaderSection trailers(String... namesAndValues) {
		return section(Kind.TRAILERS, LIMIT, namesAndValues);
	}

	static HeaderSection section(Kind kind, int limit, String... namesAndValues) {
		HeaderSection section = new HeaderSection(limit);
		section.begin(kind);
		for (int i = 0; i < namesAndValues.length; i += 2) {
			section.field(namesAndValues[i], namesAndValues[i + 1], false);
		}
		return section;
	}

}
