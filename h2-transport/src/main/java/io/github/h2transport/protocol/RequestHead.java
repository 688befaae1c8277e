package io.github.h2transport.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * The header section of a request as it goes on the wire: pseudo-header fields first,
 * then the caller's fields, checked and without those that only mean something to
 * HTTP/1.1 connections (RFC 9113 sections 8.2 and 8.3.1). Immutable.
 */
public final class RequestHead {

	/** Method, scheme, authority and path. */
	private static final int PSEUDO_FIELDS = 4;

	private final String method;

	private final Headers fields;

	private final long listSize;

	private final long contentLength;

	private RequestHead(String method, Headers fields, long listSize, long contentLength) {
		this.method = method;
		this.fields = fields;
		this.listSize = listSize;
		this.contentLength = contentLength;
	}

	/**
	 * Checks a request and puts it into the form of HTTP/2. Whether {@code http} targets
	 * are allowed is not decided here.
	 * @param request the request
	 * @return its head
	 * @throws InvalidRequestException if it cannot be sent; the message says which field
	 * and where, never its value
	 */
	public static RequestHead of(Http2Request request) throws InvalidRequestException {
		return of(request, RequestTarget.of(request.uri()));
	}

	/**
	 * As {@link #of(Http2Request)}, for a target whose origin is known.
	 * @param request the request
	 * @param target made from the request's URI, or from another one of the same origin
	 * @return its head
	 * @throws InvalidRequestException if it cannot be sent
	 */
	public static RequestHead of(Http2Request request, RequestTarget target) throws InvalidRequestException {
		Assembly assembly = new Assembly(checkedMethod(request.method()), request.headers());
		assembly.survey();
		long contentLength = assembly.contentLength(request.body().contentLength());
		if (contentLength != 0 && request.method().equals("TRACE")) {
			throw refused("A TRACE request cannot have content (RFC 9110 section 9.3.8)");
		}
		String host = assembly.host;
		assembly.add(":method", request.method(), false);
		assembly.add(":scheme", target.origin().scheme(), false);
		assembly.add(":authority", (host != null) ? RequestTarget.checkedAuthority(host) : target.authority(), false);
		assembly.add(":path", RequestTarget.path(request.method(), request.uri()), false);
		assembly.copyFields(contentLength);
		return new RequestHead(request.method(), assembly.fields.build(), assembly.listSize, contentLength);
	}

	private static String checkedMethod(String method) throws InvalidRequestException {
		if (!FieldSyntax.isToken(method)) {
			throw refused("The method " + Excerpt.of(method) + " is not a token (RFC 9110 section 9.1)");
		}
		if (method.equals("CONNECT")) {
			throw refused("CONNECT cannot be sent as a request: it makes a tunnel through a proxy "
					+ "(RFC 9113 section 8.5), which this client does not do");
		}
		return method;
	}

	static InvalidRequestException refused(String message) {
		return new InvalidRequestException(message, null, FailureContext.of(Initiator.CALLER, Phase.VALIDATE));
	}

	static void checkName(String name, String place) throws InvalidRequestException {
		if (FieldSyntax.isLowerCaseToken(name)) {
			return;
		}
		if (name.startsWith(":")) {
			throw refused("Pseudo-header fields such as " + Excerpt.of(name)
					+ " come from method and target and cannot be set (RFC 9113 section 8.3)");
		}
		throw refused("The name of " + place + ", " + Excerpt.of(name) + ", is not a token (RFC 9110 section 5.6.2)");
	}

	static void checkValue(String name, String value) throws InvalidRequestException {
		int index = FieldSyntax.illegalToSend(value);
		if (index != -1) {
			char c = value.charAt(index);
			throw refused("The value of field " + Excerpt.of(name) + " has "
					+ ((c > 0xff) ? "a character above U+00FF; encode it first, for example as in RFC 8187,"
							: "a control character (CR, LF, NUL or another)")
					+ " at index " + index + " (RFC 9110 section 5.5)");
		}
	}

	/**
	 * Returns all fields in the order in which they are sent.
	 * @return {@code :method}, {@code :scheme}, {@code :authority}, {@code :path}, then
	 * the rest; secrets are marked as sensitive
	 */
	public Headers fields() {
		return this.fields;
	}

	/**
	 * Returns the size that the peer's SETTINGS_MAX_HEADER_LIST_SIZE is about (RFC 9113
	 * section 6.5.2).
	 * @return octets of names and values, and 32 for each field
	 */
	public long listSize() {
		return this.listSize;
	}

	public String method() {
		return this.method;
	}

	/**
	 * Returns whether the response will have no content whatever its fields say.
	 * @return {@code true} for HEAD
	 */
	public boolean isHead() {
		return this.method.equals("HEAD");
	}

	/**
	 * Returns how many octets of content will be sent: known from the body, or promised
	 * by the caller's {@code content-length}, to which the body must then be held.
	 * @return 0 or more, or {@link RequestBody#UNKNOWN_LENGTH}
	 */
	public long contentLength() {
		return this.contentLength;
	}

	/** Only method and names: values may be secrets. */
	@Override
	public String toString() {
		return this.method + " " + this.fields;
	}

	/** One request on its way into its form. Confined to the caller. */
	private static final class Assembly {

		private final String method;

		private final Headers source;

		private final Headers.Builder fields;

		private long listSize;

		private @Nullable String host;

		/** The fields that {@code connection} names. */
		private List<String> nominated = List.of();

		private long declaredLength = BodyLength.UNKNOWN;

		Assembly(String method, Headers source) {
			this.method = method;
			this.source = source;
			this.fields = Headers.builder(PSEUDO_FIELDS + source.size());
		}

		/** Checks every field and finds those that decide about others. */
		void survey() throws InvalidRequestException {
			for (int i = 0; i < this.source.size(); i++) {
				String name = this.source.name(i);
				String value = this.source.value(i);
				checkName(name, "header field " + (i + 1));
				checkValue(name, value);
				switch (name) {
					case "host" -> {
						if (this.host != null) {
							throw refused("There is more than one field 'host' (RFC 9110 section 7.2)");
						}
						this.host = FieldSyntax.strip(value);
					}
					case "connection" -> nominate(value);
					case "content-length" -> {
						this.declaredLength = BodyLength.join(this.declaredLength, BodyLength.parse(value));
						if (this.declaredLength == BodyLength.MALFORMED) {
							throw refused("The field 'content-length' is no number or has conflicting values "
									+ "(RFC 9110 section 8.6)");
						}
					}
					default -> {
					}
				}
			}
		}

		/** RFC 9110 section 7.6.1: a list of field names, in any case. */
		private void nominate(String value) {
			if (this.nominated.isEmpty()) {
				this.nominated = new ArrayList<>(2);
			}
			int start = 0;
			while (start <= value.length()) {
				int comma = value.indexOf(',', start);
				int end = (comma != -1) ? comma : value.length();
				this.nominated.add(FieldSyntax.strip(value.substring(start, end)).toLowerCase(Locale.ROOT));
				start = end + 1;
			}
		}

		/**
		 * Joins what the body knows of its length and what the caller says.
		 * @param bodyLength the body's length or -1
		 * @return the length or -1
		 */
		long contentLength(long bodyLength) throws InvalidRequestException {
			if (bodyLength == RequestBody.UNKNOWN_LENGTH || this.declaredLength == BodyLength.UNKNOWN) {
				return Math.max(bodyLength, this.declaredLength);
			}
			if (bodyLength != this.declaredLength) {
				throw refused("The field 'content-length' differs from the length of the body, which has " + bodyLength
						+ " octets");
			}
			return bodyLength;
		}

		void copyFields(long contentLength) {
			for (int i = 0; i < this.source.size(); i++) {
				String name = this.source.name(i);
				String value = FieldSyntax.strip(this.source.value(i));
				if (isLeftOut(name) || (contentLength == 0 && isExpectation(name, value))) {
					continue;
				}
				if (!name.equals("te")) {
					add(name, value, this.source.isSensitive(i) || isSecret(name));
				}
				else if (value.equalsIgnoreCase("trailers")) {
					add(name, "trailers", false);
				}
			}
			// RFC 9110 section 8.6: 0 says something only where content is expected.
			if (contentLength > 0 || (contentLength == 0 && expectsContent(this.method))) {
				add("content-length", Long.toString(contentLength), false);
			}
		}

		private boolean isLeftOut(String name) {
			return switch (name) {
				// One became :authority, the other is sent last.
				case "host", "content-length", "http2-settings" -> true;
				// HTTP/1.1 demands "connection: te" beside it; its value decides.
				case "te" -> false;
				default -> FieldSyntax.isConnectionSpecific(name)
						|| (!this.nominated.isEmpty() && this.nominated.contains(name));
			};
		}

		/** RFC 9110 section 10.1.1: without content there is nothing to wait for. */
		private static boolean isExpectation(String name, String value) {
			return name.equals("expect") && value.equalsIgnoreCase("100-continue");
		}

		void add(String name, String value, boolean sensitive) {
			this.fields.add(name, value, sensitive);
			this.listSize += (long) name.length() + value.length() + HeaderSection.FIELD_OVERHEAD;
		}

		private static boolean expectsContent(String method) {
			return switch (method) {
				case "POST", "PUT", "PATCH" -> true;
				default -> false;
			};
		}

		/** RFC 7541 section 7.1.3: guessing through the compression must find nothing. */
		private static boolean isSecret(String name) {
			return switch (name) {
				case "authorization", "cookie", "set-cookie", "proxy-authorization" -> true;
				default -> false;
			};
		}

	}

}
