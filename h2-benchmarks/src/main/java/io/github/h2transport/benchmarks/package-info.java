/**
 * JMH benchmarks. Read allocations a call as they are, times only within one run: the
 * server shares the machine with the client.
 */
@NullMarked
package io.github.h2transport.benchmarks;

import org.jspecify.annotations.NullMarked;
