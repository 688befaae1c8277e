/**
 * A server's end of one real connection that a test plays frame by frame. It speaks to
 * the product only as its users do: through a transport, a pool and a connection's public
 * face. Start with {@link io.github.h2transport.testkit.peer.WirePeer}.
 */
@NullMarked
package io.github.h2transport.testkit.peer;

import org.jspecify.annotations.NullMarked;
