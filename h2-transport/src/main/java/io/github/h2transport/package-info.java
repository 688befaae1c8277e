/**
 * The words of the project: requests, responses, headers, errors and options. Nothing
 * here does I/O, and nothing here imports another package of ours; every floor speaks
 * these words. Start reading at {@link io.github.h2transport.Http2Request}.
 */
@NullMarked
package io.github.h2transport;

import org.jspecify.annotations.NullMarked;
