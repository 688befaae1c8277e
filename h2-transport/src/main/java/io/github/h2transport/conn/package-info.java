/**
 * Floor 2: connections, their streams, the event loops and the wires; the only floor with
 * threads, sockets and a clock. A connection is two halves, which both belong to its
 * event loop: it reads, and what callers queue it encodes and writes. May use floors 0
 * and 1. Start reading at ClientConn.
 */
@NullMarked
package io.github.h2transport.conn;

import org.jspecify.annotations.NullMarked;
