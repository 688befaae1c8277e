/**
 * For tests only: servers that other people wrote, started as processes on loopback, and
 * the certificates they need. Compiled into the tests of every module that adds this
 * source folder. Start reading at {@link io.github.h2transport.testkit.RealServer}.
 */
@NullMarked
package io.github.h2transport.testkit;

import org.jspecify.annotations.NullMarked;
