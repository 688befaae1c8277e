package io.github.h2transport.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * A property as somebody wrote it, under whichever of its relaxed names.
 *
 * @param value the text of its value
 * @param origin file and line, environment variable, or whatever else it came from, if
 * known
 */
record WrittenProperty(String value, @Nullable Origin origin) {

	/**
	 * Looks a property up.
	 * @param environment where to look
	 * @param name the canonical name
	 * @param bound the value to show if nobody wrote any
	 * @return what was found
	 */
	static WrittenProperty find(Environment environment, String name, @Nullable Object bound) {
		if (ConfigurationPropertyName.isValid(name)) {
			ConfigurationPropertyName canonical = ConfigurationPropertyName.of(name);
			for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
				ConfigurationProperty property = source.getConfigurationProperty(canonical);
				if (property != null) {
					return of(property);
				}
			}
		}
		return new WrittenProperty(String.valueOf(bound), null);
	}

	static WrittenProperty of(ConfigurationProperty property) {
		return new WrittenProperty(String.valueOf(property.getValue()), property.getOrigin());
	}

	/** Returns where it came from, to be put behind its name; empty if unknown. */
	String from() {
		return (this.origin != null) ? " (from " + this.origin + ")" : "";
	}

}
