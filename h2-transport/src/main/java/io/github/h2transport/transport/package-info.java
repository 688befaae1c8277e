/**
 * Floor 4: the transport itself: round trips, deadlines, retry of what was surely not
 * processed. May use every floor below. Start reading at
 * {@link io.github.h2transport.transport.Http2Transport}, then {@code RoundTrip}: one
 * state machine for blocking and asynchronous calls, with one way out.
 */
@NullMarked
package io.github.h2transport.transport;

import org.jspecify.annotations.NullMarked;
