package io.github.h2transport.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application outside of this build that does nothing but what the README says, and
 * the sample itself, both also with ahead-of-time processing.
 */
@Timeout(300)
class OutsideApplicationTests {

	private static final Pattern NOTHING = Pattern.compile("");

	/** What the dependency of the README does not bring. */
	private static final Pattern NOT_OF_THE_README = Pattern
		.compile("(h2-sample-app.*|reactor-core.*|reactive-streams.*|spring-webflux.*|spring-boot-webclient.*)");

	private static final String EXPOSURE = "management.endpoints.web.exposure.include: health,h2pool";

	@RegisterExtension
	static final WireMockExtension server = WireMockExtension.newInstance()
		.options(wireMockConfig().bindAddress("127.0.0.1").dynamicPort())
		.build();

	private final HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@TempDir
	private Path folder;

	@Test
	void theDependencyThatPagesNameIsThisStarter() throws IOException {
		String pom = Files.readString(Path.of("../h2-spring-boot-starter/pom.xml"));
		String version = first(pom, "<version>(.+?)</version>");
		for (String page : List.of("README.md", "docs/getting-started.md")) {
			String dependency = blocks(page, "xml").get(0);
			assertThat(first(dependency, "<groupId>(.+?)</groupId>")).isEqualTo(first(pom, "<groupId>(.+?)</groupId>"));
			assertThat(first(dependency, "<artifactId>(.+?)</artifactId>")).isEqualTo("h2-spring-boot-starter");
			assertThat(first(dependency, "<version>(.+?)</version>")).isEqualTo(version);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void anApplicationThatDoesWhatTheReadmeSaysCallsOverHttp2(boolean aheadOfTime) throws Exception {
		server.resetRequests();
		server.stubFor(get("/orders/7").willReturn(ok("tea")));
		try (OutsideApplication application = new OutsideApplication(this.folder, NOT_OF_THE_README)) {
			assertThat(application.jars()).anyMatch((jar) -> jar.startsWith("h2-transport"))
				.anyMatch((jar) -> jar.startsWith("h2-spring-boot-starter"))
				.noneMatch((jar) -> jar.contains("reactor") || jar.contains("test"));
			application.compile(writeSource(), writeConfiguration());
			if (aheadOfTime) {
				application.processAheadOfTime("outside.Application");
			}
			int port = application.start("outside.Application", "-Dspring.aot.enabled=" + aheadOfTime);

			assertThat(browse(port, "/order")).isEqualTo("tea");

			assertThat(server.getAllServeEvents().get(0).getRequest().getProtocol()).isEqualTo("HTTP/2.0");
			String json = browse(port, "/actuator/h2pool");
			assertThat(JsonPath.<String>read(json, "$.origins[0].origin"))
				.isEqualTo(server.baseUrl().replace("127.0.0.1", "localhost"));
			assertThat(JsonPath.<String>read(json, "$.origins[0].connections[0].protocol")).startsWith("h2");
			assertThat(application.output()).contains("RestClient.Builder", "run on HTTP/2 (h2-transport")
				.contains(aheadOfTime ? "Starting AOT-processed Application" : "Starting Application");
			application.stop();
		}
	}

	@Test
	void theSampleRunsWithAheadOfTimeProcessing() throws Exception {
		String[] ports = { "--server.port=0", "--sample.tls-port=0" };
		try (OutsideApplication application = new OutsideApplication(this.folder, NOTHING)) {
			application.processAheadOfTime(SampleApplication.class.getName(), ports);
			int port = application.start(SampleApplication.class.getName(), "-Dspring.aot.enabled=true", ports);

			for (boolean tls : List.of(false, true)) {
				String json = browse(port, "/fanout?calls=50&tls=" + tls);
				assertThat(JsonPath.<Integer>read(json, "$.failed")).as(json).isZero();
			}

			assertThat(JsonPath.<List<?>>read(browse(port, "/actuator/h2pool"), "$.origins")).isNotEmpty();
			assertThat(application.output()).contains("Starting AOT-processed SampleApplication");
			application.stop();
		}
	}

	/** Its bean is the README's, except for where it calls. */
	private Path writeSource() throws IOException {
		String bean = blocks("README.md", "java").get(0);
		assertThat(bean).contains("https://orders.example.com");
		Path sources = Files.createDirectories(this.folder.resolve("source"));
		Files.writeString(sources.resolve("Application.java"), """
				package outside;

				import org.springframework.boot.SpringApplication;
				import org.springframework.boot.autoconfigure.SpringBootApplication;
				import org.springframework.context.annotation.Bean;
				import org.springframework.web.bind.annotation.GetMapping;
				import org.springframework.web.bind.annotation.RestController;
				import org.springframework.web.client.RestClient;

				@SpringBootApplication
				public class Application {

					public static void main(String[] args) {
						SpringApplication.run(Application.class, args);
					}

				%s
				}

				@RestController
				class Shop {

					private final RestClient orders;

					Shop(RestClient orders) {
						this.orders = orders;
					}

					@GetMapping("/order")
					String order() {
						return this.orders.get().uri("/orders/7").retrieve().body(String.class);
					}

				}
				""".formatted(bean.replace("https://orders.example.com", server.baseUrl())));
		return sources;
	}

	private Path writeConfiguration() throws IOException {
		assertThat(Files.readString(Path.of("../README.md"))).contains("`" + EXPOSURE + "`");
		return Files.writeString(this.folder.resolve("application.yml"),
				String.join("\n", blocks("README.md", "yaml").get(0), EXPOSURE, "server.port: 0"));
	}

	private String browse(int port, String path) throws IOException, InterruptedException {
		HttpResponse<String> response = this.browser.send(
				HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return response.body();
	}

	private static List<String> blocks(String page, String language) throws IOException {
		List<String> blocks = new ArrayList<>();
		try (Stream<MatchResult> found = Pattern.compile("(?s)```" + language + "\\n(.+?)\\n *```")
			.matcher(Files.readString(Path.of("..", page)))
			.results()) {
			found.map((block) -> block.group(1).stripIndent()).forEach(blocks::add);
		}
		return blocks;
	}

	private static String first(String text, String pattern) {
		return Pattern.compile(pattern).matcher(text).results().findFirst().orElseThrow().group(1);
	}

}
