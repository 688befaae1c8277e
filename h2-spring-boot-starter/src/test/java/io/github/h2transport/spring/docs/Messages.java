package io.github.h2transport.spring.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The texts in the main sources of the transport and of the starter, of which messages
 * are made.
 */
final class Messages {

	private static final List<Path> SOURCES = List.of(Path.of("..", "h2-transport", "src", "main", "java"),
			Path.of("src", "main", "java"));

	private static final String LITERAL = "\"((?:[^\"\\\\]|\\\\.)*)\"";

	/** Two literals that the compiler makes one of. */
	private static final Pattern JOINT = Pattern.compile("(?<!\\\\)\"\\s*\\+\\s*\"");

	private static final Pattern ANY = Pattern.compile(LITERAL);

	/** Where the message of a typed failure begins. */
	private static final Pattern FAILURE = Pattern.compile("(?:new (?:InvalidRequest|ConnectFailed|Connection|Stream|"
			+ "Http2Timeout|Pool|CallCancelled)Exception|PoolException\\s*\\.of|refused)\\(\\s*"
			+ "(?:PoolException\\.Reason\\.\\w+,\\s*)?" + LITERAL);

	/** Shorter ones might be found by chance. */
	private static final int LEAST_PART = 3;

	private final Set<String> texts = new TreeSet<>();

	private final Set<String> beginnings = new TreeSet<>();

	Messages() {
		for (Path root : SOURCES) {
			try (Stream<Path> files = Files.walk(root)) {
				files.filter((file) -> file.toString().endsWith(".java")).forEach(this::read);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private void read(Path file) {
		try {
			String source = JOINT.matcher(Files.readString(file)).replaceAll("");
			ANY.matcher(source).results().map((each) -> each.group(1)).forEach(this.texts::add);
			Matcher failure = FAILURE.matcher(source);
			while (failure.find()) {
				this.beginnings.add(failure.group(1).strip());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Returns how the messages of {@code Http2Exception}s begin. */
	Set<String> beginnings() {
		return this.beginnings;
	}

	/**
	 * Returns whether the sources have a text.
	 * @param text a part of a message without anything that varies
	 * @return whether a literal has it, or two or three that follow one another do
	 */
	boolean have(String text) {
		return this.texts.stream().anyMatch((each) -> each.contains(text))
				|| splits(text).anyMatch((end) -> endsOne(text.substring(0, end)) && goesOn(text.substring(end)));
	}

	private boolean endsOne(String text) {
		return this.texts.stream().anyMatch((each) -> each.endsWith(text));
	}

	private boolean goesOn(String text) {
		return beginsOne(text) || splits(text)
			.anyMatch((end) -> this.texts.contains(text.substring(0, end)) && beginsOne(text.substring(end)));
	}

	private boolean beginsOne(String text) {
		return this.texts.stream().anyMatch((each) -> each.startsWith(text));
	}

	/** Where a part of some length ends, with a rest of some length behind it. */
	private static IntStream splits(String text) {
		return IntStream.rangeClosed(LEAST_PART, text.length() - LEAST_PART);
	}

	/**
	 * Takes a message of the page apart.
	 * @param message with an ellipsis for each part that varies
	 * @return the parts that do not
	 */
	static List<String> fixedParts(String message) {
		List<String> parts = new ArrayList<>();
		for (String part : message.split("…")) {
			if (part.strip().length() > 1) {
				parts.add(part.strip());
			}
		}
		return parts;
	}

}
