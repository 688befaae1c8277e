package io.github.h2transport.sample;

import java.net.URI;

import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;

/** The third style: an interface, whose calls Spring makes. */
@HttpExchange
interface Greetings {

	/**
	 * Asks for a greeting.
	 * @param uri where, since the application learns its own port when it has started;
	 * others set {@code spring.http.serviceclient.self.base-url}
	 * @return the greeting
	 */
	@GetExchange
	String greeting(URI uri);

}
