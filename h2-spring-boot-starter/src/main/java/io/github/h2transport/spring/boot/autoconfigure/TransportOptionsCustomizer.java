package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.TransportOptions;

/**
 * Changes the options of the application's shared transport after the properties
 * {@code h2.transport.*} were applied. Beans of this type are called in their order.
 * Properties of single origins, {@code h2.transport.origins.<name>}, still win.
 *
 * <p>
 * A proxy that is set here is also that of calls over HTTP/1.1, if they are made by the
 * JDK's client.
 */
@FunctionalInterface
public interface TransportOptionsCustomizer {

	/**
	 * Changes options. Called more than once if origins have options of their own.
	 * @param options the options, not to be kept
	 */
	void customize(TransportOptions.Builder options);

}
