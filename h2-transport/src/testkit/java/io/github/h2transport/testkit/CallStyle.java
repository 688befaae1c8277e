package io.github.h2transport.testkit;

import java.util.concurrent.ExecutionException;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.transport.Http2Transport;

/**
 * The ways to make a call, for tests that hold for each.
 */
public enum CallStyle {

	/** The calling thread waits in {@link Http2Transport#roundTrip}. */
	BLOCKING {
		@Override
		public Http2Response roundTrip(Http2Transport transport, Http2Request request) throws Exception {
			return transport.roundTrip(request);
		}
	},

	/** {@link Http2Transport#roundTripAsync}. */
	ASYNCHRONOUS {
		@Override
		public Http2Response roundTrip(Http2Transport transport, Http2Request request) throws Exception {
			try {
				return transport.roundTripAsync(request).get();
			}
			catch (ExecutionException ex) {
				if (ex.getCause() instanceof Exception failure) {
					throw failure;
				}
				throw ex;
			}
		}
	};

	/**
	 * Makes a call and waits for the response.
	 * @param transport makes it
	 * @param request the request
	 * @return the response, to be closed by the caller
	 * @throws Exception what the call failed with
	 */
	public abstract Http2Response roundTrip(Http2Transport transport, Http2Request request) throws Exception;

	/**
	 * Begins a call on a thread of its own.
	 * @param transport makes it
	 * @param request the request
	 * @return the call, whose result is the status of the response
	 */
	public Call<Integer> begin(Http2Transport transport, Http2Request request) {
		return Call.of(() -> {
			try (Http2Response response = roundTrip(transport, request)) {
				return response.status();
			}
		});
	}

}
