/**
 * Real calls of a Spring Boot application to real servers, as a user would make them: the
 * styles that Spring has, streaming, and what users see when something is wrong. What
 * every server can do is next door, in {@link io.github.h2transport.spring.matrix}. Start
 * reading at {@link io.github.h2transport.spring.calls.ClientStylesTests}.
 */
@NullMarked
package io.github.h2transport.spring.calls;

import org.jspecify.annotations.NullMarked;
