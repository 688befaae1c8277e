package io.github.h2transport.spring.matrix.stock;

/** What applications ask of a server as it comes. */
public enum StockFeature {

	GETS("100 GETs at once"),

	LARGE_UPLOADS("100 uploads of 100 kB at once"),

	SMALL_UPLOADS("60 uploads of 20 kB at once"),

	/** {@code multipart/form-data}. */
	MULTIPART("multipart, tiny and large"),

	/** Content that is made piece by piece: NDJSON, {@code Flux<String>}, writers. */
	SMALL_PIECES("uploads in small pieces"),

	/** Responses that nobody reads, such as those of {@code toBodilessEntity}. */
	UNREAD("responses left unread"),

	ENDED_EARLY("downloads ended early"),

	/** The server closes an idle connection when calls begin. */
	IDLE_CLOSE("idle close");

	private final String label;

	StockFeature(String label) {
		this.label = label;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
