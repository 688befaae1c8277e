package io.github.h2transport.conformance;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the page {@code docs/conformance.md} and the tests in step: each test that it
 * names exists, and each test of this package is on it.
 */
class ConformancePageTests {

	private static final Path PAGE = Path.of("..", "docs", "conformance.md");

	/** A class and a method in backticks. */
	private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+Tests)\\.(\\w+)`");

	/** Our rows: sentence, what we do, test. */
	private static final int COLUMNS = 3;

	@Test
	void everyTestOnThePageExists() throws Exception {
		TreeMap<String, Set<String>> tests = testsByClass("");
		Set<String> missing = new TreeSet<>();
		for (String test : namedTests()) {
			String[] parts = test.split("\\.");
			if (!tests.getOrDefault(parts[0], Set.of()).contains(parts[1])) {
				missing.add(test);
			}
		}
		assertThat(missing).as("tests that are on the page, but do not exist").isEmpty();
	}

	@Test
	void everyTestOfThisPackageIsOnThePage() throws Exception {
		Set<String> absent = new TreeSet<>();
		testsByClass("conformance")
			.forEach((name, methods) -> methods.forEach((method) -> absent.add(name + "." + method)));
		absent.removeIf((test) -> test.startsWith(getClass().getSimpleName() + "."));
		assertThat(absent).as("tests of this package").isNotEmpty();
		absent.removeAll(namedTests());
		assertThat(absent).as("tests that the page does not name").isEmpty();
	}

	@Test
	void everyRowHasASentenceADeedAndATest() throws IOException {
		for (String row : Files.readAllLines(PAGE)) {
			if (row.startsWith("|") && !row.startsWith("| sentence") && !row.startsWith("|---")) {
				String[] cells = row.substring(1).split("(?<!\\\\)\\|");
				assertThat(cells).as(row).hasSize(COLUMNS).noneMatch(String::isBlank);
				assertThat(NAMED_TEST.matcher(cells[COLUMNS - 1]).find()).as(row).isTrue();
			}
		}
	}

	private static Set<String> namedTests() throws IOException {
		Set<String> named = new TreeSet<>();
		Matcher matcher = NAMED_TEST.matcher(Files.readString(PAGE));
		while (matcher.find()) {
			named.add(matcher.group(1) + "." + matcher.group(2));
		}
		assertThat(named).as("tests on the page").isNotEmpty();
		return named;
	}

	/** By simple name; the methods of classes that share one are put together. */
	private static TreeMap<String, Set<String>> testsByClass(String packageEnd)
			throws IOException, URISyntaxException, ClassNotFoundException {
		Path root = Path.of(ConformancePageTests.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		TreeMap<String, Set<String>> tests = new TreeMap<>();
		try (Stream<Path> files = Files.walk(root)) {
			for (Path file : files.filter((file) -> file.toString().endsWith("Tests.class")).toList()) {
				String name = root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), ".");
				Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()), false,
						ConformancePageTests.class.getClassLoader());
				if (type.getPackageName().endsWith(packageEnd)) {
					Set<String> methods = tests.computeIfAbsent(type.getSimpleName(), (key) -> new TreeSet<>());
					Arrays.stream(type.getDeclaredMethods())
						.filter((method) -> AnnotationSupport.isAnnotated(method, Testable.class))
						.forEach((method) -> methods.add(method.getName()));
				}
			}
		}
		return tests;
	}

}
