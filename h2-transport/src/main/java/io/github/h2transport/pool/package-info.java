/**
 * Floor 3: which connection a request gets, and when to dial or to wait. May use the
 * floors below. Start reading at {@link io.github.h2transport.pool.ClientConnPool}.
 */
@NullMarked
package io.github.h2transport.pool;

import org.jspecify.annotations.NullMarked;
