package io.github.h2transport.spring.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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
	void eachPageIsOnTheMap() {
		List<String> shown = links(Page.of("docs/README.md"));

		assertThat(pages().map(Page::name)).filteredOn((name) -> name.matches("docs/[a-z0-9-]+\\.md"))
			.hasSizeGreaterThan(20)
			.allMatch((name) -> shown.contains(name.substring("docs/".length())));
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
			.filter((link) -> !link.startsWith("https://"))
			.toList();
	}

	private static boolean leadsSomewhere(Page page, String link) {
		int hash = link.indexOf('#');
		String file = (hash >= 0) ? link.substring(0, hash) : link;
		Path from = Path.of(page.name());
		Path target = file.isEmpty() ? from : from.resolveSibling(file).normalize();
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
