/**
 * Floor 6: properties become beans, and nothing else happens here. May use every floor
 * below. Start reading at
 * {@link io.github.h2transport.spring.boot.autoconfigure.Http2TransportAutoConfiguration}.
 */
@NullMarked
package io.github.h2transport.spring.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
