package io.github.h2transport.sample;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the sample.
 *
 * @param target a URL to call instead of the application itself, as in
 * {@code https://www.example.com/}
 * @param tlsPort the port of the TLS connector, 0 for any free one
 * @param startupCalls how many calls the fan-out at start makes, 0 for none
 */
@ConfigurationProperties("sample")
record SampleProperties(@Nullable URI target, @DefaultValue("8443") int tlsPort,
		@DefaultValue("100") int startupCalls) {
}
