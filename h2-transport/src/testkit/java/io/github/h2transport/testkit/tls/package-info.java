/**
 * TLS as tests see it on the wire and as they call through it.
 */
@NullMarked
package io.github.h2transport.testkit.tls;

import org.jspecify.annotations.NullMarked;
