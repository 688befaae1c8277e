package io.github.h2transport.spring.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Links between pages lead to a file and, where they name one, to a heading. */
class LinksTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern BLOCK = Pattern.compile("(?s)```.*?```");

	private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	@ParameterizedTest
	@MethodSource("pages")
	void eachLinkLeadsSomewhere(Page page) {
		assertThat(links(page)).filteredOn((link) -> !leadsSomewhere(page, link)).isEmpty();
	}

	static Stream<Page> pages() {
		return Stream.concat(Page.all().stream(), Stream.of(Page.of("CHANGELOG.md")));
	}

	@Test
	void eachPageIsOnTheMapOrOneStepFromIt() {
		Page map = Page.of("docs/README.md");
		Set<String> reached = targets(map);
		Set<String> near = reached.stream()
			.filter((name) -> name.endsWith(".md"))
			.flatMap((name) -> targets(Page.of(name)).stream())
			.collect(Collectors.toSet());

		assertThat(reached).hasSizeGreaterThan(20);
		assertThat(pages().map(Page::name)).filteredOn((name) -> !name.equals(map.name()))
			.allMatch((name) -> reached.contains(name) || near.contains(name));
	}

	@Test
	void aLinkThatLeadsNowhereIsFound() {
		Page page = Page.of("docs/operations.md");

		assertThat(leadsSomewhere(page, "endpoint.md")).isTrue();
		assertThat(leadsSomewhere(page, "no-such-page.md")).isFalse();
		assertThat(leadsSomewhere(page, "#sizing")).isTrue();
		assertThat(leadsSomewhere(page, "#no-such-heading")).isFalse();
	}

	private static List<String> links(Page page) {
		return LINK.matcher(BLOCK.matcher(page.text()).replaceAll(""))
			.results()
			.map((each) -> each.group(1))
			.filter((link) -> !link.startsWith("http"))
			.toList();
	}

	private static Set<String> targets(Page page) {
		return links(page).stream().map((link) -> target(page, link).toString()).collect(Collectors.toSet());
	}

	private static Path target(Page page, String link) {
		Path from = Path.of(page.name());
		String file = link.replaceFirst("#.*", "");
		return file.isEmpty() ? from : from.resolveSibling(file).normalize();
	}

	private static boolean leadsSomewhere(Page page, String link) {
		int hash = link.indexOf('#');
		Path target = target(page, link);
		if (!Files.exists(ROOT.resolve(target))) {
			return false;
		}
		return hash < 0 || HEADING.matcher(Page.of(target.toString()).text())
			.results()
			.anyMatch((heading) -> anchor(heading.group(1)).equals(link.substring(hash + 1)));
	}

	/** As the usual viewers make it of a heading. */
	private static String anchor(String heading) {
		return heading.strip().toLowerCase(Locale.ROOT).replaceAll("[^\\p{Alnum}_ -]", "").replace(' ', '-');
	}

}
