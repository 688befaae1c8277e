/**
 * Floor 1: what HTTP/2 demands of streams and messages, as plain state: no thread, no
 * socket and no clock; time comes as an argument. May use the words and floor 0. Start
 * reading at {@link io.github.h2transport.protocol.StreamState} for streams and at
 * {@link io.github.h2transport.protocol.RequestHead} and
 * {@link io.github.h2transport.protocol.HeaderSection} for messages.
 */
@NullMarked
package io.github.h2transport.protocol;

import org.jspecify.annotations.NullMarked;
