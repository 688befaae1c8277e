package io.github.h2transport.spring;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;

import org.springframework.util.Assert;

/**
 * One round trip that blocks nobody, as far as the reactive adapters need to know it.
 */
interface AsyncExchange {

	/**
	 * Sends a request.
	 * @param request the request
	 * @return the response once its head is there, to be closed, or what failed;
	 * cancelling it cancels the call
	 */
	CompletableFuture<Http2Response> roundTripAsync(Http2Request request);

	/**
	 * Sends a request that may leave HTTP/2.
	 * @param request the request
	 * @param written what it was made from
	 * @return as {@link #roundTripAsync(Http2Request)}
	 */
	default CompletableFuture<Http2Response> roundTripAsync(Http2Request request, WrittenReactiveRequest written) {
		return roundTripAsync(request);
	}

	/**
	 * Returns the options that hold where a call says nothing. A transport that is not
	 * there yet is not made for this.
	 * @return the transport's options
	 */
	TransportOptions options();

	/**
	 * Uses one transport.
	 * @param transport the transport
	 * @return an exchange over it
	 */
	static AsyncExchange over(Http2Transport transport) {
		Assert.notNull(transport, "'transport' must not be null");
		return over(() -> transport);
	}

	/**
	 * Asks for the transport on each call, as {@link Exchange#over(Supplier)} does.
	 * @param transport where the transport comes from
	 * @return an exchange over it
	 */
	static AsyncExchange over(Supplier<Http2Transport> transport) {
		return new AsyncExchange() {

			@Override
			public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
				return transport.get().roundTripAsync(request);
			}

			@Override
			public TransportOptions options() {
				return Exchange.optionsOf(transport);
			}

		};
	}

	/**
	 * Lets another exchange use the TLS identity of the moment, as
	 * {@link Exchange#with(Exchange, TlsIdentity, TlsOptions)} does.
	 * @param other the other exchange
	 * @param identity may be replaced while clients use it
	 * @param built what the client was built with
	 * @return an exchange over the other
	 */
	static AsyncExchange with(AsyncExchange other, TlsIdentity identity, TlsOptions built) {
		return new AsyncExchange() {

			@Override
			public CompletableFuture<Http2Response> roundTripAsync(Http2Request request) {
				return other.roundTripAsync(identity.current(request, built));
			}

			@Override
			public TransportOptions options() {
				return other.options();
			}

		};
	}

}
