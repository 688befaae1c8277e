package io.github.h2transport.spring.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The properties that the jars of the class path describe in their configuration
 * metadata.
 */
final class KnownProperties {

	private static final String METADATA = "META-INF/spring-configuration-metadata.json";

	/** Below them there is whatever an application names. */
	private static final Pattern OPEN_TYPE = Pattern.compile("java\\.util\\.(Map|List|Set|Properties).*");

	private final SortedMap<String, JsonNode> properties = new TreeMap<>();

	private final SortedMap<String, List<String>> hints = new TreeMap<>();

	KnownProperties() {
		try {
			for (URL url : Collections.list(getClass().getClassLoader().getResources(METADATA))) {
				try (InputStream in = url.openStream()) {
					JsonNode metadata = JsonMapper.shared().readTree(in);
					for (JsonNode property : metadata.get("properties")) {
						this.properties.put(property.get("name").asString(), property);
					}
					for (JsonNode hint : metadata.path("hints")) {
						List<String> values = new ArrayList<>();
						hint.path("values").forEach((value) -> values.add(value.get("value").asString()));
						this.hints.put(hint.get("name").asString(), values);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Returns those of a prefix, by name. */
	Map<String, JsonNode> below(String prefix) {
		return this.properties.subMap(prefix + ".", prefix + "/");
	}

	/** Returns the values that hints name for properties of a prefix. */
	Map<String, List<String>> hints(String prefix) {
		return this.hints.subMap(prefix + ".", prefix + "/");
	}

	/** Tells whether there is such a property, or a map that may have such a key. */
	boolean knows(String name) {
		return this.properties.containsKey(name) || openParent(name).isPresent();
	}

	/** Finds the map or list that a name is a part of. */
	Optional<String> openParent(String name) {
		int end = name.length();
		while ((end = Math.max(name.lastIndexOf('.', end - 1), name.lastIndexOf('[', end - 1))) > 0) {
			String parent = name.substring(0, end);
			if (OPEN_TYPE.matcher(type(parent)).matches()) {
				return Optional.of(parent);
			}
		}
		return Optional.empty();
	}

	/** Tells whether properties begin with a name. */
	boolean knowsGroup(String name) {
		return !below(name).isEmpty();
	}

	String type(String name) {
		JsonNode property = this.properties.get(name);
		return (property != null) ? property.path("type").asString("") : "";
	}

	@Nullable String defaultValue(String name) {
		JsonNode value = this.properties.get(name).get("defaultValue");
		return (value != null) ? value.asString() : null;
	}

}
