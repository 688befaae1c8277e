package io.github.h2transport.spring.docs;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import examples.CoreCalls;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.spring.docs.Page.Block;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedExchange;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The code of docs/core.md is that of docs/examples/CoreCalls.java, and it works. */
@Timeout(120)
class CorePageTests {

	private ServedRequests server;

	private Http2Transport transport;

	@BeforeEach
	void start() {
		this.server = ScriptedServer.serving(Settings.builder().build(), CorePageTests::answer);
		this.transport = Http2Transport.builder().options(TransportOptions.builder().allowHttp(true).build()).build();
	}

	private static void answer(ServedExchange exchange) {
		switch (exchange.path()) {
			case "/apples" -> exchange.respond(200, "green".getBytes(StandardCharsets.UTF_8));
			case "/orders" -> exchange.respond((exchange.content().length == 5) ? 201 : 400, new byte[0]);
			default -> exchange.respond(404, new byte[0]);
		}
	}

	@AfterEach
	void stop() {
		this.transport.close();
		this.server.close();
	}

	@Test
	void eachBlockOfThePageIsAPartOfTheExample() {
		List<Block> blocks = Page.of("docs/core.md").blocks("java");

		assertThat(blocks).hasSizeGreaterThan(5);
		String example = Page.of("docs/examples/CoreCalls.java").text();
		assertThat(blocks)
			.allSatisfy((block) -> assertThat(example).as(block.place()).contains(indented(block.text())));
	}

	private static String indented(String text) {
		return text.lines().map((line) -> line.isEmpty() ? "" : "\t" + line).collect(Collectors.joining("\n"));
	}

	@Test
	void callsGetTheirResponses(@TempDir Path folder) throws Exception {
		Path target = folder.resolve("apples");

		assertThat(CoreCalls.get(this.transport, this.server.uri("/apples"))).isEqualTo("200 green");
		assertThat(CoreCalls.get(this.transport, this.server.uri("/pears"))).isEqualTo("404 ");
		assertThat(CoreCalls.post(this.transport, this.server.uri("/orders"), new byte[5])).isEqualTo(201);
		CoreCalls.download(this.transport, this.server.uri("/apples"), target);
		assertThat(target).hasContent("green");
		assertThat(CoreCalls.status(this.transport, this.server.uri("/apples")).get(20, TimeUnit.SECONDS))
			.isEqualTo(200);
		assertThat(this.server.connections()).isOne();
	}

	@Test
	void aFailureIsExplained() throws Exception {
		URI nowhere = URI.create("http://localhost:1/");

		assertThat(CoreCalls.getOrExplain(this.transport, this.server.uri("/apples"))).isEqualTo("200 green");
		assertThat(CoreCalls.getOrExplain(this.transport, nowhere))
			.startsWith("CONNECT, not processed: Cannot connect to http://localhost:1 at ");
	}

	@Test
	void aTransportCanBeBuiltAsShown() throws Exception {
		try (Http2Transport built = CoreCalls.transport(Certificates.localhost().clientContext())) {
			assertThat(built.options().maxConnections()).isEqualTo(4);
		}
	}

}
