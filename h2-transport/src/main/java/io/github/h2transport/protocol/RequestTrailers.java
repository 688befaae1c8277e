package io.github.h2transport.protocol;

import io.github.h2transport.Headers;
import io.github.h2transport.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * The trailer section of a request as it goes on the wire: checked like its header
 * section, without pseudo-header fields (RFC 9113 section 8.1) and without fields that a
 * server must know before the content (RFC 9110 section 6.5.1).
 */
public final class RequestTrailers {

	private RequestTrailers() {
	}

	/**
	 * Checks a trailer section and puts it into the form of HTTP/2.
	 * @param source what the caller's supplier gave
	 * @return the fields in their order, empty for none; secrets are marked as sensitive
	 * @throws InvalidRequestException if it cannot be sent; the message says which field,
	 * never its value
	 */
	public static Headers of(@Nullable Headers source) throws InvalidRequestException {
		if (source == null) {
			throw RequestHead.refused("The supplier of trailers gave null; for no trailers it gives an empty section");
		}
		Headers.Builder fields = Headers.builder();
		for (int i = 0; i < source.size(); i++) {
			String name = source.name(i);
			String value = source.value(i);
			if (name.startsWith(":")) {
				throw RequestHead.refused("Pseudo-header fields such as " + Excerpt.of(name)
						+ " cannot be trailers (RFC 9113 section 8.1)");
			}
			RequestHead.checkName(name, "trailer field " + (i + 1));
			RequestHead.checkValue(name, value);
			if (isNeededBeforeContent(name)) {
				throw RequestHead
					.refused("The field " + Excerpt.of(name) + " cannot be a trailer (RFC 9110 section 6.5.1)");
			}
			fields.add(name, FieldSyntax.strip(value), source.isSensitive(i));
		}
		return fields.build();
	}

	/**
	 * Fields that say how to frame, route, authenticate, modify or decode the request
	 * come too late in its trailers, and a server that merged them would be deceived.
	 */
	private static boolean isNeededBeforeContent(String name) {
		return switch (name) {
			case "content-length", "trailer", "te", "host", "max-forwards" -> true;
			case "expect", "range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range",
					"cache-control", "pragma" ->
				true;
			case "authorization", "proxy-authorization", "cookie", "set-cookie" -> true;
			case "content-type", "content-encoding", "content-range" -> true;
			default -> FieldSyntax.isConnectionSpecific(name);
		};
	}

}
