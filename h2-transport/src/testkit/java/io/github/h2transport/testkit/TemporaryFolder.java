package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that is deleted with all its content.
 */
final class TemporaryFolder {

	private TemporaryFolder() {
	}

	/**
	 * Creates a folder below the system's temporary folder.
	 * @param prefix how its name begins
	 * @return an empty folder
	 */
	static Path create(String prefix) {
		try {
			return Files.createTempDirectory(prefix);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Deletes a folder and what is in it. What cannot be deleted stays: a server that was
	 * killed a moment ago may still be creating a file.
	 * @param folder the folder, which may be gone already
	 */
	static void delete(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
			for (Path file : deepestFirst) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException | UncheckedIOException ex) {
			folder.toFile().deleteOnExit();
		}
	}

}
