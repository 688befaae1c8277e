/** What must live in the adapters' package to put something else below them. */
@NullMarked
package io.github.h2transport.spring;

import org.jspecify.annotations.NullMarked;
