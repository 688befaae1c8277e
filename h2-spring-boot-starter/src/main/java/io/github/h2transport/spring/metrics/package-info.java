/**
 * Meters of the transport for Micrometer; loaded only where Micrometer is there.
 */
@NullMarked
package io.github.h2transport.spring.metrics;

import org.jspecify.annotations.NullMarked;
