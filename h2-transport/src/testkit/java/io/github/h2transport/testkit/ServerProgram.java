package io.github.h2transport.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** What a {@link RealServer} has to know of the program that it runs. */
interface ServerProgram {

	/** The name of the executable. */
	String program();

	/**
	 * Returns the command that starts this server, after writing what it needs.
	 * @param program the executable
	 * @param folder a folder of its own, with the document root {@code www}
	 * @param port a free port of 127.0.0.1
	 * @param options what the test asked for
	 * @return the command and its arguments
	 * @throws IOException if a file cannot be written
	 */
	List<String> command(Path program, Path folder, int port, RealServer.Builder options) throws IOException;

	/**
	 * Returns the command that makes the running server take its configuration anew while
	 * it serves.
	 * @param program the executable
	 * @param folder the server's folder
	 * @param pid the server's process
	 * @return the command, empty if the server has no such thing
	 */
	default List<String> reload(Path program, Path folder, long pid) {
		return List.of();
	}

	/**
	 * Looks for the executable on the PATH and where systems keep their daemons.
	 * @return the executable, {@code null} if this machine has none
	 */
	default @Nullable Path find() {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
		return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/local/sbin"))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder, program()))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

}
