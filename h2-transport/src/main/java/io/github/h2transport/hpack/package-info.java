/**
 * Floor 0: header compression (RFC 7541), octets to fields and back. Pure code over byte
 * arrays: no thread, socket, clock or lock, and no other package of ours. Names and values
 * pass unjudged; what is legal in HTTP is decided one floor above. Start reading at
 * {@link io.github.h2transport.hpack.HpackDecoder} and
 * {@link io.github.h2transport.hpack.HpackEncoder}.
 */
@NullMarked
package io.github.h2transport.hpack;

import org.jspecify.annotations.NullMarked;
