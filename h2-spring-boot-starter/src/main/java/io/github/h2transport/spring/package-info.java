/**
 * Floor 5: what Spring calls, translated into what the transport understands, and back;
 * nothing is decided here. May use the exported packages of h2-transport and Spring, but
 * nothing of {@code spring.boot.autoconfigure}. Usable without Spring Boot's
 * auto-configuration. Start reading at
 * {@link io.github.h2transport.spring.Http2ClientHttpRequestFactory} for blocking clients
 * and at {@link io.github.h2transport.spring.Http2ClientHttpConnector} for reactive ones.
 */
@NullMarked
package io.github.h2transport.spring;

import org.jspecify.annotations.NullMarked;
