/**
 * The matrix: every server, over every protocol that it speaks, called by every client
 * that this project has, each body checked by its sum. One class of tests a feature;
 * {@link io.github.h2transport.spring.matrix.TestServer} says what each server can do.
 * Start reading at {@link io.github.h2transport.spring.matrix.EachCell}.
 */
@NullMarked
package io.github.h2transport.spring.matrix;

import org.jspecify.annotations.NullMarked;
