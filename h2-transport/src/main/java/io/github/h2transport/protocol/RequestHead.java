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

	private static final String USER_AGENT = "user-agent";

	private final String method;

	private final String scheme;

	private final String authority;

	private final String path;

	/** Sent behind the pseudo-header fields, {@code null} if it is not. */
	private final @Nullable String userAgent;

	private final Headers regularFields;

	private final long listSize;

	private final long contentLength;

	private RequestHead(String method, RequestTarget target, String authority, String path, @Nullable String userAgent,
			Assembly assembly, long contentLength) {
		this.method = method;
		this.scheme = target.origin().scheme();
		this.authority = authority;
		this.path = path;
		this.userAgent = userAgent;
		this.regularFields = assembly.fields(contentLength);
		this.listSize = size(":method", method) + size(":scheme", this.scheme) + size(":authority", authority)
				+ size(":path", path) + ((userAgent != null) ? size(USER_AGENT, userAgent) : 0) + assembly.listSize;
		this.contentLength = contentLength;
	}

	private static long size(String name, String value) {
		return (long) name.length() + value.length() + HeaderSection.FIELD_OVERHEAD;
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
		return of(request, RequestTarget.of(request.uri()), "");
	}

	/**
	 * As {@link #of(Http2Request)}, for a target whose origin is known.
	 * @param request the request
	 * @param target made from the request's URI, or from another one of the same origin
	 * @param userAgent what we call ourselves if the request says nothing, empty for
	 * nothing
	 * @return its head
	 * @throws InvalidRequestException if it cannot be sent
	 */
	public static RequestHead of(Http2Request request, RequestTarget target, String userAgent)
			throws InvalidRequestException {
		Assembly assembly = new Assembly(checkedMethod(request.method()), request.headers());
		assembly.survey();
		long contentLength = assembly.contentLength(request.body().contentLength());
		if (contentLength != 0 && request.method().equals("TRACE")) {
			throw refused("A TRACE request cannot have content (RFC 9110 section 9.3.8)");
		}
		String host = assembly.host;
		String authority = (host != null) ? RequestTarget.checkedAuthority(host) : target.authority();
		String path = RequestTarget.path(request.method(), request.uri());
		String ours = (assembly.namesUserAgent || userAgent.isEmpty()) ? null : userAgent;
		return new RequestHead(request.method(), target, authority, path, ours, assembly, contentLength);
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
	 * Returns all fields in the order in which they are sent, put together anew each
	 * time.
	 * @return {@code :method}, {@code :scheme}, {@code :authority}, {@code :path}, then
	 * the rest; secrets are marked as sensitive
	 */
	public Headers fields() {
		Headers.Builder all = Headers.builder(PSEUDO_FIELDS + 1 + this.regularFields.size());
		all.add(":method", this.method);
		all.add(":scheme", this.scheme);
		all.add(":authority", this.authority);
		all.add(":path", this.path);
		if (this.userAgent != null) {
			all.add(USER_AGENT, this.userAgent);
		}
		for (int i = 0; i < this.regularFields.size(); i++) {
			all.add(this.regularFields.name(i), this.regularFields.value(i), this.regularFields.isSensitive(i));
		}
		return all.build();
	}

	/**
	 * Returns the fields behind the pseudo-header fields.
	 * @return the caller's own section if it can be sent as it is
	 */
	public Headers regularFields() {
		return this.regularFields;
	}

	/**
	 * Returns the value of the field that stands between both.
	 * @return {@code null} if it is not sent, or is among the regular fields
	 */
	public @Nullable String userAgent() {
		return this.userAgent;
	}

	public String scheme() {
		return this.scheme;
	}

	public String authority() {
		return this.authority;
	}

	public String path() {
		return this.path;
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
		return this.method + " " + fields();
	}

	/** One request on its way into its form. Confined to the caller. */
	private static final class Assembly {

		private final String method;

		private final Headers source;

		/** Made when the caller's fields cannot be sent as they are. */
		private Headers.@Nullable Builder copy;

		private long listSize;

		private @Nullable String host;

		private boolean namesUserAgent;

		/** The fields that {@code connection} names. */
		private List<String> nominated = List.of();

		private long declaredLength = BodyLength.UNKNOWN;

		Assembly(String method, Headers source) {
			this.method = method;
			this.source = source;
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
					case USER_AGENT -> this.namesUserAgent = true;
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

		/** The fields as they are sent: the caller's own section, or a copy of it. */
		Headers fields(long contentLength) {
			for (int i = 0; i < this.source.size(); i++) {
				String name = this.source.name(i);
				String value = this.source.value(i);
				boolean sensitive = this.source.isSensitive(i) || isSecret(name);
				String sent = sentValue(name, value, contentLength);
				if (this.copy == null
						&& (sent == null || !sent.equals(value) || sensitive != this.source.isSensitive(i))) {
					this.copy = copyOfFirst(i);
				}
				if (sent != null) {
					add(name, sent, sensitive);
				}
			}
			// RFC 9110 section 8.6: 0 says something only where content is expected.
			if (contentLength > 0 || (contentLength == 0 && expectsContent(this.method))) {
				if (this.copy == null) {
					this.copy = copyOfFirst(this.source.size());
				}
				add("content-length", Long.toString(contentLength), false);
			}
			return (this.copy != null) ? this.copy.build() : this.source;
		}

		/** A field's value as it is sent; {@code null} if the field is not. */
		private @Nullable String sentValue(String name, String value, long contentLength) {
			String stripped = FieldSyntax.strip(value);
			if (isLeftOut(name) || (contentLength == 0 && isExpectation(name, stripped))) {
				return null;
			}
			if (isExpectation(name, stripped)) {
				// In any case (RFC 9110 section 10.1.1), but some servers compare by it.
				return "100-continue";
			}
			if (!name.equals("te")) {
				return stripped;
			}
			return stripped.equalsIgnoreCase("trailers") ? "trailers" : null;
		}

		private Headers.Builder copyOfFirst(int fields) {
			// One more for content-length.
			Headers.Builder builder = Headers.builder(this.source.size() + 1);
			for (int i = 0; i < fields; i++) {
				builder.add(this.source.name(i), this.source.value(i), this.source.isSensitive(i));
			}
			return builder;
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

		private void add(String name, String value, boolean sensitive) {
			if (this.copy != null) {
				this.copy.add(name, value, sensitive);
			}
			this.listSize += size(name, value);
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
