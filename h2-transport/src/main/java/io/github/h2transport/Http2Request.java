package io.github.h2transport;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/**
 * A request. Immutable; it may be sent many times if its body can be replayed.
 *
 * <p>
 * The pseudo-header fields (RFC 9113 section 8.3.1) come from method and target. A
 * {@code host} field replaces the authority; fields that only mean something to HTTP/1.1
 * connections ({@code connection}, {@code keep-alive}, {@code proxy-connection},
 * {@code transfer-encoding}, {@code upgrade}) are left out when the request is sent.
 */
public final class Http2Request {

	private final String method;

	private final URI uri;

	private final Headers headers;

	private final RequestBody body;

	private final CallOptions options;

	private Http2Request(Builder builder) {
		this.method = builder.method;
		this.uri = builder.uri;
		this.headers = builder.headers;
		this.body = builder.body;
		this.options = builder.options;
	}

	/**
	 * Starts a request.
	 * @param method the method, case-sensitive, as in {@code GET}
	 * @param uri an absolute target such as {@code https://example.com/a?b=c}; a fragment
	 * is not sent
	 * @return a builder
	 */
	public static Builder builder(String method, URI uri) {
		return new Builder(method, uri);
	}

	/**
	 * Returns a GET request without fields of its own.
	 * @param uri an absolute target
	 * @return the request
	 */
	public static Http2Request get(URI uri) {
		return builder("GET", uri).build();
	}

	public String method() {
		return this.method;
	}

	public URI uri() {
		return this.uri;
	}

	public Headers headers() {
		return this.headers;
	}

	public RequestBody body() {
		return this.body;
	}

	public CallOptions options() {
		return this.options;
	}

	/** Method and target without its query, which may hold secrets. */
	@Override
	public String toString() {
		String path = this.uri.getRawPath();
		return this.method + " " + String.valueOf(this.uri.getScheme()).toLowerCase(Locale.ROOT) + "://"
				+ this.uri.getRawAuthority() + ((path != null) ? path : "");
	}

	/** Collects a request. Not thread-safe. */
	public static final class Builder {

		private final String method;

		private final URI uri;

		private Headers headers = Headers.empty();

		private RequestBody body = RequestBody.none();

		private CallOptions options = CallOptions.defaults();

		private Builder(String method, URI uri) {
			this.method = Objects.requireNonNull(method, "method");
			this.uri = Objects.requireNonNull(uri, "uri");
		}

		public Builder headers(Headers newHeaders) {
			this.headers = Objects.requireNonNull(newHeaders, "headers");
			return this;
		}

		public Builder body(RequestBody newBody) {
			this.body = Objects.requireNonNull(newBody, "body");
			return this;
		}

		public Builder options(CallOptions newOptions) {
			this.options = Objects.requireNonNull(newOptions, "options");
			return this;
		}

		public Http2Request build() {
			return new Http2Request(this);
		}

	}

}
