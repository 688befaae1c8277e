package io.github.h2transport.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
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

	private static final String METADATA = "/META-INF/spring-configuration-metadata.json";

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

	/** As the configuration metadata of this jar has it. */
	private static @Nullable String defaultValue(String name) {
		try (InputStream in = InvalidPropertyFailureAnalyzer.class.getResourceAsStream(METADATA)) {
			if (in == null) {
				return null;
			}
			Map<String, Object> metadata = JsonParserFactory.getJsonParser()
				.parseMap(StreamUtils.copyToString(in, StandardCharsets.UTF_8));
			if (metadata.get("properties") instanceof List<?> properties) {
				for (Object each : properties) {
					if (each instanceof Map<?, ?> property && name.equals(property.get("name"))) {
						Object value = property.get("defaultValue");
						return (value != null) ? value.toString() : null;
					}
				}
			}
			return null;
		}
		catch (IOException ex) {
			return null; // the explanation is worth more than this detail
		}
	}

}
