package io.github.h2transport.spring.docs;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.boot.autoconfigure.Http2TransportAutoConfiguration;
import io.github.h2transport.spring.boot.autoconfigure.Http2TransportProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The class of the properties, their metadata and the tables of the documentation say the
 * same. None of the names is listed here.
 */
class ConfigurationMetadataTests {

	private static final String PREFIX = "h2.transport";

	private static final Pattern NAME = Pattern.compile("`(h2\\.transport\\.[^`]+)`");

	private static final Pattern RANGE = Pattern
		.compile("([0-9,]+) ?(B|KB|MB)? to ([0-9,]+) ?(B|KB|MB)?.*|duration, (above 0|0 or more).*");

	private static final KnownProperties KNOWN = new KnownProperties();

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	private static final List<Map<String, String>> TABLE = rows("docs/properties.md");

	@Test
	void theMetadataHasWhatTheClassHasAndNothingElse() {
		Set<String> bound = new TreeSet<>();
		collect(PREFIX, Http2TransportProperties.class, bound, false);

		assertThat(KNOWN.below(PREFIX).keySet()).containsExactlyInAnyOrderElementsOf(bound);
	}

	@Test
	void theTableHasWhatTheClassHasAndNothingElse() {
		Set<String> bound = new TreeSet<>();
		collect(PREFIX, Http2TransportProperties.class, bound, true);

		assertThat(TABLE.stream().flatMap(ConfigurationMetadataTests::names))
			.as("docs/properties.md, each property in one row")
			.containsExactlyInAnyOrderElementsOf(bound);
	}

	/**
	 * Collects names as the constructors bind them; a map of objects has the names of its
	 * objects below {@code <name>}.
	 */
	private static void collect(String prefix, Class<?> type, Set<String> names, boolean insideMaps) {
		Constructor<?> constructor = type.getDeclaredConstructors()[0];
		for (Parameter parameter : constructor.getParameters()) {
			String name = prefix + "." + kebab(parameter.getName());
			Class<?> part = parameter.getType();
			if (isGroup(part)) {
				collect(name, part, names, insideMaps);
			}
			else if (Map.class.isAssignableFrom(part) && insideMaps && valueType(parameter) instanceof Class<?> value
					&& isGroup(value)) {
				collect(name + ".<name>", value, names, true);
			}
			else {
				names.add(name);
			}
		}
	}

	private static boolean isGroup(Class<?> type) {
		return type.getName().startsWith("io.github.h2transport.spring.boot") && !type.isEnum();
	}

	private static Type valueType(Parameter parameter) {
		return ((ParameterizedType) parameter.getParameterizedType()).getActualTypeArguments()[1];
	}

	private static String kebab(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	@Test
	void everyDescriptionIsASentenceAndSomeDefaultIsStatedWhereThereIsOne() {
		assertThat(KNOWN.below(PREFIX)).allSatisfy((name, property) -> {
			assertThat(property.path("description").asString("")).as(name).matches("[A-Z].*\\.");
			if (KNOWN.type(name).equals("java.lang.Boolean")) {
				assertThat(property.path("description").asString("")).as(name).startsWith("Whether ");
			}
		});
		for (Parameter parameter : Http2TransportProperties.class.getDeclaredConstructors()[0].getParameters()) {
			DefaultValue stated = parameter.getAnnotation(DefaultValue.class);
			if (stated != null && stated.value().length == 1) {
				assertThat(KNOWN.defaultValue(PREFIX + "." + kebab(parameter.getName()))).isEqualTo(stated.value()[0]);
			}
		}
	}

	@Test
	void everyHintIsForAPropertyAndNamesAllItsValues() {
		assertThat(KNOWN.hints(PREFIX)).isNotEmpty().allSatisfy((name, values) -> {
			assertThat(KNOWN.knows(name)).as(name).isTrue();
			assertThat(values).as(name).containsExactlyInAnyOrderElementsOf(constants(KNOWN.type(name)));
		});
		assertThat(KNOWN.below(PREFIX).keySet()).filteredOn((name) -> !constants(KNOWN.type(name)).isEmpty())
			.as("enums have hints, which say what each value does")
			.allSatisfy((name) -> assertThat(KNOWN.hints(PREFIX)).containsKey(name));
	}

	@ParameterizedTest
	@MethodSource("rowsWithDefault")
	void theDefaultOfATableIsTheOneThatIsBound(Map<String, String> row) {
		String expected = KNOWN.defaultValue(name(row));
		if (expected != null) {
			// The metadata puts a list into brackets.
			String shown = row.get("default");
			assertThat("`" + expected + "`").isIn(shown, "`[" + shown.replace("`", "") + "]`");
		}
		else {
			assertThat(row.get("default")).as("not a value").doesNotContain("`");
		}
	}

	static Stream<Map<String, String>> rowsWithDefault() {
		return Stream.of("docs/properties.md", "README.md")
			.flatMap((page) -> rows(page).stream())
			.filter((row) -> KNOWN.openParent(name(row)).isEmpty());
	}

	@ParameterizedTest
	@MethodSource("rowsWithType")
	void theTypeOfTheTableIsTheOneThatIsBound(Map<String, String> row) {
		String type = KNOWN.type(name(row));
		String said = row.getOrDefault("type", row.get("range"));
		if (!constants(type).isEmpty()) {
			assertThat(said.replace("`", "").split(", ")).containsExactlyInAnyOrderElementsOf(constants(type));
			return;
		}
		switch (type) {
			case "java.lang.Boolean" -> assertThat(said).isEqualTo("boolean");
			case "java.time.Duration" -> assertThat(said).matches("duration, (above 0|0 or more)");
			case "java.lang.Integer", "org.springframework.util.unit.DataSize" -> assertThat(said).matches(RANGE);
			default -> assertThat(said).as("some description of " + type).isNotEmpty();
		}
	}

	static Stream<Map<String, String>> rowsWithType() {
		return TABLE.stream().filter((row) -> KNOWN.openParent(name(row)).isEmpty());
	}

	@ParameterizedTest
	@MethodSource("rowsWithRange")
	void theRangeOfTheTableIsTheOneThatIsChecked(Map<String, String> row) {
		String name = name(row);
		Matcher range = RANGE.matcher(row.getOrDefault("type", row.get("range")));
		assertThat(range.matches()).isTrue();
		if (range.group(5) != null) {
			boolean zero = range.group(5).equals("0 or more");
			accepts(name, zero ? "0s" : "1ms");
			refuses(name, zero ? "-1ms" : "0s");
			return;
		}
		String unit = KNOWN.type(name).endsWith("DataSize") ? "B" : "";
		long lowest = number(range.group(1), range.group(2));
		long highest = number(range.group(3), range.group(4));
		accepts(name, lowest + unit);
		accepts(name, highest + unit);
		refuses(name, (lowest - 1) + unit);
		refuses(name, (highest + 1) + unit);
	}

	static Stream<Map<String, String>> rowsWithRange() {
		return rowsWithType().filter((row) -> RANGE.matcher(row.getOrDefault("type", row.get("range"))).matches());
	}

	private static long number(String digits, String unit) {
		String number = digits.replace(",", "");
		return (unit != null) ? DataSize.parse(number + unit).toBytes() : Long.parseLong(number);
	}

	private static void accepts(String name, String value) {
		bind(name, value, (context) -> assertThat(context).as(name + "=" + value).hasNotFailed());
	}

	private static void refuses(String name, String value) {
		bind(name, value,
				(context) -> assertThat(context).as(name + "=" + value)
					.getFailure()
					.rootCause()
					.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
							(failure) -> assertThat(failure.getName()).isEqualTo(name)));
	}

	private static void bind(String name, String value, Consumer<AssertableApplicationContext> then) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(Http2TransportAutoConfiguration.class))
			.withPropertyValues(name + "=" + value)
			.run((context) -> {
				then.accept(context);
				if (context.getStartupFailure() == null) {
					assertThat(context).hasSingleBean(SharedHttp2Transport.class);
				}
			});
	}

	private static List<String> constants(String type) {
		try {
			Object[] constants = Class.forName(type).getEnumConstants();
			return (constants != null)
					? Arrays.stream(constants).map((each) -> kebab(each.toString().toLowerCase(Locale.ROOT))).toList()
					: List.of();
		}
		catch (ClassNotFoundException ex) {
			return List.of();
		}
	}

	/** The rows of a page that describe a property of ours. */
	private static List<Map<String, String>> rows(String page) {
		return Page.of(page)
			.rows()
			.stream()
			.filter((row) -> NAME.matcher(row.getOrDefault("property", "")).matches())
			.collect(Collectors.toList());
	}

	/** A row for a group names what the group has in its meaning. */
	private static Stream<String> names(Map<String, String> row) {
		String name = name(row);
		if (!name.endsWith(".*")) {
			return Stream.of(name);
		}
		return CODE.matcher(row.get("meaning"))
			.results()
			.map((each) -> each.group(1))
			.flatMap((each) -> each.endsWith(".*") ? namesBelow(each.replace("*", "")) : Stream.of(each))
			.map((each) -> name.replace("*", each));
	}

	private static Stream<String> namesBelow(String group) {
		return TABLE.stream()
			.map(ConfigurationMetadataTests::name)
			.filter((each) -> each.startsWith(PREFIX + "." + group))
			.map((each) -> each.substring(PREFIX.length() + 1));
	}

	private static String name(Map<String, String> row) {
		Matcher name = NAME.matcher(row.get("property"));
		assertThat(name.matches()).as(row.toString()).isTrue();
		return name.group(1);
	}

}
