package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.transport.Http2Transport;

/**
 * Changes what the application's shared transport is made of, beside its options: its
 * threads, its pool, its listeners. Beans of this type are called in their order, each
 * time that a transport is made: on first use and after a restart of the context.
 */
@FunctionalInterface
public interface Http2TransportBuilderCustomizer {

	/**
	 * Changes a transport that is about to be made. Options, pool and listeners of the
	 * application are set already.
	 * @param transport its builder, not to be kept
	 */
	void customize(Http2Transport.Builder transport);

}
