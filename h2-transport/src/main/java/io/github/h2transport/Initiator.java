package io.github.h2transport;

/**
 * Who began a failure. It decides what can be done about it: a caller changes the call,
 * the library's own limits can be tuned, a peer's behaviour has to be taken up with the
 * peer.
 */
public enum Initiator {

	/** The application: a wrong request, a cancel, an interrupt. */
	CALLER,

	/** This library: a deadline, a limit, a protocol rule that it enforces. */
	LIBRARY,

	/** The server or the network between: a reset, a GOAWAY, a refused connection. */
	PEER

}
