package io.github.h2transport.spring.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.h2transport.spring.boot.autoconfigure.Http2TransportAutoConfiguration;
import io.github.h2transport.spring.boot.autoconfigure.Http2TransportProperties;
import io.github.h2transport.spring.docs.Page.Block;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every block of Java in the documentation compiles, every block of YAML binds, and every
 * property that a page names exists.
 *
 * <p>
 * A fragment that needs something declared says so to this test, in a line above it that
 * readers do not see: {@code <!-- given: RestClient client; -->}.
 */
class DocsTests {

	private static final KnownProperties KNOWN = new KnownProperties();

	private static final Pattern OWN_NAME = Pattern.compile("\\bh2\\.transport\\.[a-z0-9.-]*[a-z0-9](\\.\\*)?");

	private static final Pattern NAME_OF_BOOT = Pattern
		.compile("\\b(?:spring\\.(?:http|ssl|lifecycle)|management|server|logging)\\.[a-z0-9-][a-z0-9.-]*[a-z0-9]");

	@TempDir
	private Path target;

	@ParameterizedTest
	@MethodSource("javaBlocks")
	void javaCompiles(Block block) {
		assertThat(new Fragment(block).compile(this.target)).as(block.place()).isEmpty();
	}

	static Stream<Block> javaBlocks() {
		return blocks("java");
	}

	@ParameterizedTest
	@MethodSource("yamlBlocks")
	void yamlBindsAndHasNoUnknownProperty(Block block) throws IOException {
		Map<String, Object> properties = properties(block);

		assertThat(properties.keySet()).as(block.place()).isNotEmpty().allMatch(KNOWN::knows, "is known");
		new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("h2.transport",
				Bindable.of(Http2TransportProperties.class), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(Http2TransportAutoConfiguration.class))
			.withPropertyValues(properties.entrySet()
				.stream()
				.map((each) -> each.getKey() + "=" + each.getValue())
				.toArray(String[]::new))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.containsBean("sharedHttp2Transport"))
					.isEqualTo(!"false".equals(String.valueOf(properties.get("h2.transport.enabled"))));
			});
	}

	static Stream<Block> yamlBlocks() {
		return blocks("yaml");
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyPropertyOfOursThatAPageNamesExists(Page page) {
		Matcher name = OWN_NAME.matcher(page.text());
		while (name.find()) {
			String group = name.group().replace(".*", "");
			assertThat(KNOWN.knows(group) || KNOWN.knowsGroup(group)).as("%s in %s", name.group(), page).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyPropertyOfBootThatAPageNamesExists(Page page) {
		Matcher name = NAME_OF_BOOT.matcher(page.text());
		while (name.find()) {
			assertThat(KNOWN.knows(name.group()) || KNOWN.knowsGroup(name.group())).as("%s in %s", name.group(), page)
				.isTrue();
		}
	}

	static Stream<Page> pages() {
		return Page.all().stream();
	}

	@Test
	void thereAreBlocksOfBothLanguages() {
		assertThat(javaBlocks().map(Block::place)).anyMatch((place) -> place.startsWith("README.md:"))
			.hasSizeGreaterThan(9);
		assertThat(yamlBlocks().map(Block::place)).anyMatch((place) -> place.startsWith("README.md:"))
			.hasSizeGreaterThan(5);
	}

	@Test
	void codeThatDoesNotCompileIsFound() {
		assertThat(new Fragment(new Block("here:1", "RestClient client;", "client.gett();\n")).compile(this.target))
			.singleElement()
			.asString()
			.startsWith("line 1: cannot find symbol");
	}

	@Test
	void aPropertyThatDoesNotExistIsFound() throws IOException {
		Block block = new Block("here:1", "", "h2.transport:\n  idle-timout: 3s\nspring.ssl.bundle.pem.a.b: c\n");

		assertThat(properties(block).keySet()).filteredOn((name) -> !KNOWN.knows(name))
			.containsExactly("h2.transport.idle-timout");
	}

	private static Stream<Block> blocks(String language) {
		return Page.all().stream().flatMap((page) -> page.blocks(language).stream());
	}

	private static Map<String, Object> properties(Block block) throws IOException {
		Map<String, Object> properties = new TreeMap<>();
		List<PropertySource<?>> loaded = new YamlPropertySourceLoader().load(block.place(),
				new ByteArrayResource(block.text().getBytes(StandardCharsets.UTF_8)));
		for (PropertySource<?> source : loaded) {
			for (String name : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
				properties.put(name, String.valueOf(source.getProperty(name)));
			}
		}
		return properties;
	}

}
