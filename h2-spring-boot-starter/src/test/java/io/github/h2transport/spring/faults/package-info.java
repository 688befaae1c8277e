/**
 * What strangers met who added the starter to their applications: each test looks from
 * where they looked, at an application with nothing but the starter and a few lines of
 * configuration.
 */
@NullMarked
package io.github.h2transport.spring.faults;

import org.jspecify.annotations.NullMarked;
