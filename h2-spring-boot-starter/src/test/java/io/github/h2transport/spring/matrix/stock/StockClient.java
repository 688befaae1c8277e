package io.github.h2transport.spring.matrix.stock;

/** How an application calls. */
enum StockClient {

	REST_CLIENT("RestClient"), WEB_CLIENT("WebClient");

	private final String label;

	StockClient(String label) {
		this.label = label;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
