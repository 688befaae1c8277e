package io.github.h2transport.spring.matrix;

/** The ways to make a call. */
enum ClientKind {

	ROUND_TRIP("Http2Transport.roundTrip", true, true),

	ROUND_TRIP_ASYNC("Http2Transport.roundTripAsync", true, true),

	REST_CLIENT("RestClient", false, false),

	SERVICE_GROUP("HTTP service group", false, false),

	WEB_CLIENT("WebClient", true, false),

	REACTIVE_SERVICE_GROUP("reactive HTTP service group", false, false);

	private final String label;

	private final boolean sendsTrailers;

	private final boolean showsTrailers;

	ClientKind(String label, boolean sendsTrailers, boolean showsTrailers) {
		this.label = label;
		this.sendsTrailers = sendsTrailers;
		this.showsTrailers = showsTrailers;
	}

	/**
	 * Returns whether its users can send trailers. Spring has no word for them;
	 * {@code WebClient} lets its users reach the transport's request.
	 * @return whether {@link Ask#trailers()} is sent
	 */
	boolean sendsTrailers() {
		return this.sendsTrailers;
	}

	/**
	 * Returns whether its users can read the trailers of a response. Spring has no word
	 * for them, so they must do no harm there.
	 * @return whether {@link Answer#trailers()} is there
	 */
	boolean showsTrailers() {
		return this.showsTrailers;
	}

	/**
	 * Returns whether content can be read while a streamed upload still runs. Where one
	 * thread does both, it writes first.
	 * @return whether an endless echo would work
	 */
	boolean readsWhileItWrites() {
		return this != ROUND_TRIP && this != REST_CLIENT && this != SERVICE_GROUP;
	}

	@Override
	public String toString() {
		return this.label;
	}

}
