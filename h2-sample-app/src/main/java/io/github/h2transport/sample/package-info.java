/**
 * A small web application that calls itself over HTTP/2 and shows what its connections
 * do. Start reading at {@link io.github.h2transport.sample.SampleApplication}.
 */
@NullMarked
package io.github.h2transport.sample;

import org.jspecify.annotations.NullMarked;
