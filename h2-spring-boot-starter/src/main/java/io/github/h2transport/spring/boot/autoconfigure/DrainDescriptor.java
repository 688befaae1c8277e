package io.github.h2transport.spring.boot.autoconfigure;

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What a drain has begun. Running streams go on, so the connections may be there for a
 * while.
 *
 * @param draining the ids of the connections that take no new request any more
 */
public record DrainDescriptor(List<String> draining) implements OperationResponseBody {

}
