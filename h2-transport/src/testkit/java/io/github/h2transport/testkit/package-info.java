/**
 * For tests only: servers that other people wrote, started as processes on loopback, and
 * the certificates they need; and a server that does frame by frame what a test says.
 * Compiled into the tests of every module that adds this source folder. Start reading at
 * {@link io.github.h2transport.testkit.RealServer} and
 * {@link io.github.h2transport.testkit.ScriptedServer}.
 */
@NullMarked
package io.github.h2transport.testkit;

import org.jspecify.annotations.NullMarked;
