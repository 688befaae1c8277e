/**
 * Floor 0: octets to frames and frames to octets (RFC 9113 sections 4 and 6), as pure
 * codecs without sockets, threads or a clock; what frames mean for streams is floor 1's
 * matter. May use only the words of {@code io.github.h2transport}. Start reading at
 * {@link io.github.h2transport.frame.FrameHandler}, then
 * {@link io.github.h2transport.frame.FrameReader}.
 */
@NullMarked
package io.github.h2transport.frame;

import org.jspecify.annotations.NullMarked;
