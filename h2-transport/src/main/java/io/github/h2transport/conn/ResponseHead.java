package io.github.h2transport.conn;

import io.github.h2transport.Headers;

/**
 * The head of a final response.
 *
 * @param status 200 to 999
 * @param headers the fields without {@code :status}
 */
record ResponseHead(int status, Headers headers) {
}
