package io.github.h2transport.spring.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.h2transport.spring.matrix.stock.StockFeature;
import io.github.h2transport.spring.matrix.stock.StockServer;
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
	void thePageShowsTheServersAsTheyCome() throws IOException {
		assertThat(Files.readString(PAGE)).contains(stockTable());
	}

	@Test
	void thePageNamesTheClients() throws IOException {
		assertThat(Files.readString(PAGE)).contains(Stream.of(ClientKind.values()).map(Object::toString).toList());
	}

	private static String table() {
		return row(Stream.of(Stream.of("server", "settings of its own"), Stream.of(Protocol.values()), Stream
			.of(Feature.values()))) + line(2 + Protocol.values().length + Feature.values().length) + Stream
				.of(TestServer.values())
				.map((server) -> row(Stream.of(Stream.of(server, server.settings().isEmpty() ? "–" : server.settings()),
						Stream.of(Protocol.values()).map((protocol) -> mark(server.protocols().contains(protocol))),
						Stream.of(Feature.values()).map((feature) -> mark(server.has(feature))))))
				.collect(Collectors.joining());
	}

	private static String stockTable() {
		return row(Stream.of(Stream.of("server", "what is set"), Stream.of(StockFeature.values())))
				+ line(2 + StockFeature.values().length)
				+ Stream.of(StockServer.values())
					.map((server) -> row(Stream.of(Stream.of(server, server.settings()),
							Stream.of(StockFeature.values()).map(server::mark))))
					.collect(Collectors.joining());
	}

	private static String mark(boolean present) {
		return present ? "yes" : "–";
	}

	private static String line(int columns) {
		return "|---".repeat(columns) + "|\n";
	}

	private static String row(Stream<Stream<?>> cells) {
		return cells.flatMap((several) -> several)
			.map(Object::toString)
			.collect(Collectors.joining(" | ", "| ", " |\n"));
	}

}
