package io.github.h2transport.spring.matrix;

/** The ways to make a call. */
enum ClientKind {

	ROUND_TRIP("Http2Transport.roundTrip"),

	ROUND_TRIP_ASYNC("Http2Transport.roundTripAsync"),

	REST_CLIENT("RestClient"),

	SERVICE_GROUP("HTTP service group"),

	WEB_CLIENT("WebClient"),

	REACTIVE_SERVICE_GROUP("reactive HTTP service group");

	private final String label;

	ClientKind(String label) {
		this.label = label;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
