/**
 * Says in words what holds the calls of an application up: pure state in, findings out.
 */
@NullMarked
package io.github.h2transport.spring.diagnosis;

import org.jspecify.annotations.NullMarked;
