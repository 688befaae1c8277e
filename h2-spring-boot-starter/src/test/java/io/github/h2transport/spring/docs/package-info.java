/**
 * Tests of the documentation: what it shows compiles and binds, and what it says of
 * properties is what the code says.
 */
@NullMarked
package io.github.h2transport.spring.docs;

import org.jspecify.annotations.NullMarked;
