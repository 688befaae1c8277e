package io.github.h2transport.spring;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import org.jspecify.annotations.Nullable;

/**
 * Names of request attributes that this client understands, for what Spring has no words
 * for. They are set alike on {@code RestClient}, {@code WebClient} and, with
 * {@code @RequestAttribute}, on HTTP service interfaces:
 *
 * <pre>
 * client.get().uri("/report").attribute(Http2CallAttributes.RESPONSE_TIMEOUT, Duration.ofMinutes(5))
 * </pre>
 *
 * A call over HTTP/1.1 obeys the response and the exchange timeout only. A value of
 * another type fails the call with an {@link IllegalArgumentException}.
 */
public final class Http2CallAttributes {

	/**
	 * A {@link Duration} above zero: the limit for a connection that is dialled for this
	 * call.
	 */
	public static final String CONNECT_TIMEOUT = "h2.transport.connect-timeout";

	/**
	 * A {@link Duration}, zero for no limit: from the call to the response head, with all
	 * redirects.
	 */
	public static final String RESPONSE_TIMEOUT = "h2.transport.response-timeout";

	/**
	 * A {@link Duration}, zero for no limit: between two octets of the response body.
	 */
	public static final String READ_TIMEOUT = "h2.transport.read-timeout";

	/**
	 * A {@link Duration}, zero for no limit: for the whole exchange, to the last octet of
	 * the response.
	 */
	public static final String EXCHANGE_TIMEOUT = "h2.transport.exchange-timeout";

	/**
	 * An {@link Http2ExchangeInfo}, which tells of protocol, connection, stream and
	 * trailers once the response is there.
	 */
	public static final String EXCHANGE = "h2.transport.exchange";

	/**
	 * A {@code Consumer} of {@link io.github.h2transport.Http2Request.Builder}, called
	 * before the request is sent: for trailers and interim responses.
	 */
	public static final String REQUEST = "h2.transport.request";

	private Http2CallAttributes() {
	}

	/** Returns the options of a call with these attributes. */
	static CallOptions options(CallOptions general, Map<String, Object> attributes) {
		if (attributes.isEmpty()) {
			return general;
		}
		Duration connect = get(attributes, CONNECT_TIMEOUT, Duration.class);
		Duration response = get(attributes, RESPONSE_TIMEOUT, Duration.class);
		Duration read = get(attributes, READ_TIMEOUT, Duration.class);
		Duration exchange = get(attributes, EXCHANGE_TIMEOUT, Duration.class);
		if (connect == null && response == null && read == null && exchange == null) {
			return general;
		}
		return general.toBuilder()
			.connectTimeout((connect != null) ? connect : general.connectTimeout())
			.responseTimeout((response != null) ? response : general.responseTimeout())
			.readTimeout((read != null) ? read : general.readTimeout())
			.exchangeTimeout((exchange != null) ? exchange : general.exchangeTimeout())
			.build();
	}

	/** Lets the caller change the request. */
	@SuppressWarnings("unchecked") // erased
	static void customize(Http2Request.Builder request, Map<String, Object> attributes) {
		Consumer<Http2Request.Builder> customizer = get(attributes, REQUEST, Consumer.class);
		if (customizer != null) {
			customizer.accept(request);
		}
	}

	static @Nullable Http2ExchangeInfo info(Map<String, Object> attributes) {
		return get(attributes, EXCHANGE, Http2ExchangeInfo.class);
	}

	private static <T> @Nullable T get(Map<String, Object> attributes, String name, Class<T> type) {
		Object value = attributes.get(name);
		if (value != null && !type.isInstance(value)) {
			throw new IllegalArgumentException("The request attribute " + name + " must be a " + type.getName()
					+ ", but is a " + value.getClass().getName());
		}
		return type.cast(value);
	}

}
