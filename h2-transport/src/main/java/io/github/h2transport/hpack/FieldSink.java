package io.github.h2transport.hpack;

/**
 * Receives the field lines of a block in the order of the wire.
 */
@FunctionalInterface
public interface FieldSink {

	/**
	 * Takes one field line. Must not throw: the rest of the block still has to reach the
	 * dynamic table, or the connection cannot be used any more.
	 * @param name the name as it came, unjudged, one char per octet
	 * @param value the value as it came, unjudged, one char per octet
	 * @param sensitive whether it came as a never-indexed literal and must be sent on as
	 * one (RFC 7541 section 6.2.3)
	 */
	void field(String name, String value, boolean sensitive);

}
