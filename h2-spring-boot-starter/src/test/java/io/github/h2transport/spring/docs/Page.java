package io.github.h2transport.spring.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param name its path from the root of the project
 * @param text all of it
 */
record Page(String name, String text) {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	/** What a fragment of code takes for granted, unseen by readers of the page. */
	private static final Pattern GIVEN = Pattern.compile("\\s*<!-- given: (.+) -->\\s*");

	private static final Pattern FENCE = Pattern.compile("( *)```(\\w*).*");

	static List<Page> all() {
		try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			return Stream.concat(Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")), docs)
				.filter((path) -> path.toString().endsWith(".md"))
				.sorted()
				.map(Page::read)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Page of(String name) {
		return read(ROOT.resolve(name));
	}

	private static Page read(Path path) {
		try {
			return new Page(ROOT.relativize(path).toString(), Files.readString(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Returns the fenced blocks of a language, without the indentation of the fence. */
	List<Block> blocks(String language) {
		List<Block> blocks = new ArrayList<>();
		List<String> lines = this.text.lines().toList();
		for (int i = 0; i < lines.size(); i++) {
			Matcher fence = FENCE.matcher(lines.get(i));
			if (!fence.matches()) {
				continue;
			}
			int start = i + 1;
			List<String> content = new ArrayList<>();
			for (i++; !lines.get(i).strip().equals("```"); i++) {
				content.add(withoutIndentation(lines.get(i), fence.group(1)));
			}
			if (fence.group(2).equals(language)) {
				Matcher given = GIVEN.matcher((start >= 2) ? lines.get(start - 2) : "");
				blocks.add(new Block(this.name + ":" + start, given.matches() ? given.group(1) : "",
						String.join("\n", content) + "\n"));
			}
		}
		return blocks;
	}

	private static String withoutIndentation(String line, String indentation) {
		return line.startsWith(indentation) ? line.substring(indentation.length()) : line.strip();
	}

	/** Returns the rows of all tables, each as cells by the names in its head. */
	List<Map<String, String>> rows() {
		List<Map<String, String>> rows = new ArrayList<>();
		List<String> head = List.of();
		for (String line : this.text.lines().toList()) {
			List<String> cells = line.startsWith("|") ? cells(line) : List.of();
			if (head.isEmpty() || cells.isEmpty()) {
				head = cells;
			}
			else if (!cells.get(0).startsWith("---")) {
				Map<String, String> row = new LinkedHashMap<>();
				for (int i = 0; i < Math.min(head.size(), cells.size()); i++) {
					row.put(head.get(i), cells.get(i));
				}
				rows.add(row);
			}
		}
		return rows;
	}

	private static List<String> cells(String line) {
		return Arrays.stream(line.strip().substring(1).split("(?<!\\\\)\\|")).map(String::strip).toList();
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * A fenced block.
	 *
	 * @param place page and line
	 * @param given declarations that it takes for granted
	 * @param text its content
	 */
	record Block(String place, String given, String text) {

		@Override
		public String toString() {
			return this.place;
		}

	}

}
