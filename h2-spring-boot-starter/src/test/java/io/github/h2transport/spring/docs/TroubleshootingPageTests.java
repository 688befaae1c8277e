package io.github.h2transport.spring.docs;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps the messages of docs/troubleshooting.md and those of the sources in step. */
class TroubleshootingPageTests {

	private static final Pattern CODE = Pattern.compile("`([^`]+)`");

	/** Less says nothing. */
	private static final int LEAST_SHOWN = 8;

	private static final Messages MESSAGES = new Messages();

	private static final Page PAGE = Page.of("docs/troubleshooting.md");

	@Test
	void eachMessageOfThePageIsInTheSources() {
		assertThat(messages()).hasSizeGreaterThan(80)
			.allSatisfy((message) -> assertThat(Messages.fixedParts(message)).as(message)
				.isNotEmpty()
				.allMatch(MESSAGES::have, "is in the sources"));
	}

	@Test
	void eachMessageOfATypedFailureIsOnThePage() {
		assertThat(MESSAGES.beginnings()).hasSizeGreaterThan(40)
			.allSatisfy((beginning) -> assertThat(messages()).as(beginning)
				.anyMatch((message) -> areTheSame(Messages.fixedParts(message).get(0), beginning)));
	}

	/** The page leaves out what goes on after enough was said, or what varies. */
	private static boolean areTheSame(String shown, String beginning) {
		return shown.equals(beginning)
				|| (shown.length() >= LEAST_SHOWN && (shown.startsWith(beginning) || beginning.startsWith(shown)));
	}

	@Test
	void aMessageThatIsNotInTheSourcesIsFound() {
		assertThat(Messages.fixedParts("Lost …: the dog ate it")).satisfiesExactly(
				(lost) -> assertThat(MESSAGES.have(lost)).isTrue(), (dog) -> assertThat(MESSAGES.have(dog)).isFalse());
	}

	/** What the first cells of the tables show as code. */
	private static List<String> messages() {
		return PAGE.rows()
			.stream()
			.map(TroubleshootingPageTests::first)
			.flatMap((cell) -> CODE.matcher(cell).results().map((each) -> each.group(1)))
			.toList();
	}

	private static String first(Map<String, String> row) {
		return Stream.of("message", "after \"is malformed:\"")
			.map(row::get)
			.filter((each) -> each != null)
			.findFirst()
			.orElse("");
	}

}
