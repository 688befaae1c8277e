/**
 * The comparison with other clients.
 * {@link io.github.h2transport.benchmarks.compare.Comparison} starts the servers and, for
 * every row and repetition, a JVM of its own that runs
 * {@link io.github.h2transport.benchmarks.compare.Worker}; what is measured stands in
 * {@link io.github.h2transport.benchmarks.compare.Plan}.
 */
@NullMarked
package io.github.h2transport.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
