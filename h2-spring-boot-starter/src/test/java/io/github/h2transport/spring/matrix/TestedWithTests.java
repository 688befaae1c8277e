package io.github.h2transport.spring.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/tested-with.md} shows what runs, so nothing gets lost unnoticed. */
class TestedWithTests {

	private static final Path PAGE = Path.of("..", "docs", "tested-with.md");

	@Test
	void thePageShowsTheMatrix() throws IOException {
		assertThat(Files.readString(PAGE)).contains(table());
	}

	@Test
	void thePageNamesTheClients() throws IOException {
		assertThat(Files.readString(PAGE)).contains(Stream.of(ClientKind.values()).map(Object::toString).toList());
	}

	private static String table() {
		String head = row("server", Stream.of(Protocol.values()), Stream.of(Feature.values()));
		String line = "|---".repeat(1 + Protocol.values().length + Feature.values().length) + "|\n";
		return head + line
				+ Stream.of(TestServer.values())
					.map((server) -> row(server.toString(),
							Stream.of(Protocol.values()).map((protocol) -> mark(server.protocols().contains(protocol))),
							Stream.of(Feature.values()).map((feature) -> mark(server.has(feature)))))
					.collect(Collectors.joining());
	}

	private static String mark(boolean present) {
		return present ? "yes" : "–";
	}

	private static String row(String name, Stream<?> protocols, Stream<?> features) {
		return Stream.of(Stream.of(name), protocols, features)
			.flatMap((cells) -> cells)
			.map(Object::toString)
			.collect(Collectors.joining(" | ", "| ", " |\n"));
	}

}
