package io.github.h2transport.spring;

import java.io.IOException;
import java.util.function.Supplier;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.transport.Http2Transport;

import org.springframework.util.Assert;

/**
 * One round trip, as far as the adapters need to know it. Exists so that their tests need
 * no network.
 */
interface Exchange {

	/**
	 * Sends a request and waits for the response head.
	 * @param request the request
	 * @return the response, to be closed
	 * @throws io.github.h2transport.Http2Exception if there is none
	 * @throws IOException what writing the request's content threw
	 */
	Http2Response roundTrip(Http2Request request) throws IOException;

	/**
	 * Sends a request that may leave HTTP/2.
	 * @param request the request
	 * @param written what it was made from
	 * @return the response, to be closed
	 * @throws io.github.h2transport.Http2Exception if there is none
	 * @throws IOException what writing the request's content threw
	 */
	default Http2Response roundTrip(Http2Request request, WrittenRequest written) throws IOException {
		return roundTrip(request);
	}

	/**
	 * Returns the options that hold where a call says nothing. A transport that is not
	 * there yet is not made for this.
	 * @return the transport's options
	 */
	TransportOptions options();

	/**
	 * Lets another exchange use the TLS identity of the moment.
	 * @param other the other exchange
	 * @param identity may be replaced while clients use it
	 * @param built what the client was built with
	 * @return an exchange over the other
	 */
	static Exchange with(Exchange other, TlsIdentity identity, TlsOptions built) {
		return new Exchange() {

			@Override
			public Http2Response roundTrip(Http2Request request) throws IOException {
				return other.roundTrip(identity.current(request, built));
			}

			@Override
			public TransportOptions options() {
				return other.options();
			}

		};
	}

	/** A shared transport knows its options before it is made. */
	static TransportOptions optionsOf(Supplier<Http2Transport> transport) {
		return (transport instanceof SharedHttp2Transport shared) ? shared.options() : transport.get().options();
	}

	/**
	 * Uses one transport.
	 * @param transport the transport
	 * @return an exchange over it
	 */
	static Exchange over(Http2Transport transport) {
		Assert.notNull(transport, "'transport' must not be null");
		return over(() -> transport);
	}

	/**
	 * Asks for the transport on each call, since it is made on first use and may be
	 * replaced after a restart of the application context.
	 * @param transport where the transport comes from
	 * @return an exchange over it
	 */
	static Exchange over(Supplier<Http2Transport> transport) {
		return new Exchange() {

			@Override
			public Http2Response roundTrip(Http2Request request) throws IOException {
				return transport.get().roundTrip(request);
			}

			@Override
			public TransportOptions options() {
				return optionsOf(transport);
			}

		};
	}

}
