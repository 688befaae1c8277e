/**
 * What the RFCs demand of a client, sentence by sentence: each class is named by its
 * section, each test is a row of the pages {@code docs/conformance*.md}.
 */
@NullMarked
package io.github.h2transport.conformance;

import org.jspecify.annotations.NullMarked;
