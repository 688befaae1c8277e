/**
 * Real calls of a Spring Boot application to real servers, as a user would make them: the
 * same scenarios against each server, and what users see when something is wrong. Start
 * reading at {@link io.github.h2transport.spring.calls.ServerCalls}.
 */
@NullMarked
package io.github.h2transport.spring.calls;

import org.jspecify.annotations.NullMarked;
