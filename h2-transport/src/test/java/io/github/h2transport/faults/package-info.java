/**
 * What users met when they tried the library, each from the outside: a server that does
 * what servers do, and the transport as an application has it. Knows nothing of the
 * inside of connections and of the protocol.
 */
@NullMarked
package io.github.h2transport.faults;

import org.jspecify.annotations.NullMarked;
