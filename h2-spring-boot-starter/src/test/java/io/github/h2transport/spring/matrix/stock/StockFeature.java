package io.github.h2transport.spring.matrix.stock;

/** What applications ask of a server as it comes. */
public enum StockFeature {

	GETS("100 GETs at once"),

	/** Responses that nobody reads, such as those of {@code toBodilessEntity}. */
	UNREAD("responses left unread"),

	ENDED_EARLY("downloads ended early");

	private final String label;

	StockFeature(String label) {
		this.label = label;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
