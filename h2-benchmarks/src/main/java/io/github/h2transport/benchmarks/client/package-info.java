/**
 * The clients that are compared, one small class each. To add one: implement
 * {@link io.github.h2transport.benchmarks.client.BenchClient}, give it a public
 * constructor that takes {@link io.github.h2transport.benchmarks.client.ClientSettings},
 * and add a line to {@link io.github.h2transport.benchmarks.client.ClientKind}.
 */
@NullMarked
package io.github.h2transport.benchmarks.client;

import org.jspecify.annotations.NullMarked;
