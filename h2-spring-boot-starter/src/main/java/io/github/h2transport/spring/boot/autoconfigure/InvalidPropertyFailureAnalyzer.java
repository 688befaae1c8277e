package io.github.h2transport.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.StreamUtils;
import org.springframework.util.unit.DataSize;

/**
 * Explains a value of {@code h2.transport.*} that is out of range: the property, the
 * value as it was written and where, what is allowed, and what the default is. Spring
 * Boot's analyzer of this exception does not find values that come by a relaxed name,
 * such as an environment variable, and then shows a stack trace.
 */
@Order(0) // before Spring Boot's
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	private final Environment environment;

	InvalidPropertyFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure,
			InvalidConfigurationPropertyValueException cause) {
		String name = cause.getName();
		if (!name.startsWith(Http2TransportProperties.PREFIX + ".")) {
			return null;
		}
		WrittenProperty written = WrittenProperty.find(this.environment, name, cause.getValue());
		StringBuilder description = new StringBuilder("Invalid value '").append(written.value())
			.append("' for configuration property '")
			.append(name)
			.append("'")
			.append(written.from())
			.append(".");
		if (cause.getValue() instanceof DataSize size) {
			description.append(" That is ").append(size.toBytes()).append(" octets.");
		}
		description.append(" ").append(cause.getReason());
		return new FailureAnalysis(description.toString(), action(name), cause);
	}

	private static String action(String name) {
		String defaultValue = defaultValue(name);
		return "Set '" + name + "' to an allowed value, or remove it"
				+ ((defaultValue != null) ? ": its default is " + defaultValue : "") + ".";
	}

	/** As the configuration metadata has it, of whichever jar comes first. */
	private static @Nullable String defaultValue(String name) {
		try {
			for (URL metadata : Collections
				.list(InvalidPropertyFailureAnalyzer.class.getClassLoader().getResources(METADATA))) {
				Object value = defaultValue(name, metadata);
				if (value != null) {
					return value.toString();
				}
			}
			return null;
		}
		catch (IOException ex) {
			return null; // the explanation is worth more than this detail
		}
	}

	private static @Nullable Object defaultValue(String name, URL file) {
		Map<String, Object> metadata;
		try (InputStream in = file.openStream()) {
			metadata = JsonParserFactory.getJsonParser().parseMap(StreamUtils.copyToString(in, StandardCharsets.UTF_8));
		}
		catch (IOException | JsonParseException ex) {
			return null; // somebody else's
		}
		if (metadata.get("properties") instanceof List<?> properties) {
			for (Object each : properties) {
				if (each instanceof Map<?, ?> property && name.equals(property.get("name"))) {
					return property.get("defaultValue");
				}
			}
		}
		return null;
	}

}
