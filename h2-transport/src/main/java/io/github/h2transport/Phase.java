package io.github.h2transport;

/**
 * How far a call had come when it failed.
 */
public enum Phase {

	/** The request was being checked; no connection had been asked for. */
	VALIDATE("checking the request"),

	/** Waiting for a connection with a free stream. */
	POOL("waiting for a connection"),

	/** Looking up the addresses of the host. */
	RESOLVE("resolving the host name"),

	/** Connecting the socket. */
	CONNECT("connecting"),

	/** The TLS handshake, including host name verification and ALPN. */
	TLS("the TLS handshake"),

	/** Exchanging the connection preface (RFC 9113 section 3.4). */
	PREFACE("exchanging the connection preface"),

	/** Sending the request's header section. */
	REQUEST_HEAD("sending the request head"),

	/** Sending the request's content. */
	REQUEST_BODY("sending the request body"),

	/** Waiting for the response's header section. */
	RESPONSE_HEAD("waiting for the response head"),

	/** Receiving the response's content. */
	RESPONSE_BODY("receiving the response body"),

	/** The connection carried no stream. */
	IDLE("idle");

	private final String words;

	Phase(String words) {
		this.words = words;
	}

	/**
	 * Returns the phase in words that fit into a message.
	 * @return for example {@code waiting for the response head}
	 */
	public String words() {
		return this.words;
	}

}
