package io.github.h2transport;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

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

	private final @Nullable Supplier<Headers> trailers;

	private final @Nullable InformationalListener informational;

	private Http2Request(Builder builder) {
		this.method = builder.method;
		this.uri = builder.uri;
		this.headers = builder.headers;
		this.body = builder.body;
		this.options = builder.options;
		this.trailers = builder.trailers;
		this.informational = builder.informational;
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

	/**
	 * Returns who gives the trailer section (RFC 9113 section 8.1).
	 * @return asked once the content is complete, {@code null} for no trailers
	 */
	public @Nullable Supplier<Headers> trailers() {
		return this.trailers;
	}

	/**
	 * Returns who wants to know of interim responses such as 103 (Early Hints).
	 * @return {@code null} for nobody
	 */
	public @Nullable InformationalListener informational() {
		return this.informational;
	}

	/** Hears of interim responses (RFC 9110 section 15.2). */
	@FunctionalInterface
	public interface InformationalListener {

		/**
		 * An interim response has arrived. Called on an event loop; must not block.
		 * @param status 100, 102 to 199
		 * @param headers its fields
		 */
		void informational(int status, Headers headers);

	}

	/**
	 * Method and target without its query and without user and password, which may be
	 * secrets.
	 */
	@Override
	public String toString() {
		String path = this.uri.getRawPath();
		return this.method + " " + String.valueOf(this.uri.getScheme()).toLowerCase(Locale.ROOT) + "://"
				+ this.uri.getHost() + ((this.uri.getPort() != -1) ? ":" + this.uri.getPort() : "")
				+ ((path != null) ? path : "");
	}

	/** Collects a request. Not thread-safe. */
	public static final class Builder {

		private final String method;

		private final URI uri;

		private Headers headers = Headers.empty();

		private RequestBody body = RequestBody.none();

		private CallOptions options = CallOptions.defaults();

		private @Nullable Supplier<Headers> trailers;

		private @Nullable InformationalListener informational;

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

		/**
		 * Sends a trailer section after the content. The call fails with an
		 * {@link InvalidRequestException} if it has pseudo-header fields or fields that a
		 * server must know before the content, such as {@code content-length} or
		 * {@code authorization} (RFC 9110 section 6.5.1).
		 * @param supplier asked once the content is complete, each time the request is
		 * sent; must not block; gives an empty section for no trailers
		 * @return this builder
		 */
		public Builder trailers(@Nullable Supplier<Headers> supplier) {
			this.trailers = supplier;
			return this;
		}

		public Builder informational(@Nullable InformationalListener listener) {
			this.informational = listener;
			return this;
		}

		public Http2Request build() {
			return new Http2Request(this);
		}

	}

}
