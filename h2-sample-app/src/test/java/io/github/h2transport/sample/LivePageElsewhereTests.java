package io.github.h2transport.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the paths of an application are, each link, script and request of its pages
 * leads somewhere.
 */
class LivePageElsewhereTests {

	private static final Pattern LINK = Pattern.compile("(?:href|src|data-call)=\"([^\"]+)\"");

	private static final Pattern IMPORT = Pattern.compile("from \"([^\"]+)\"");

	private static final Pattern TOLD = Pattern.compile("id=\"endpoint\"[^>]* href=\"([^\"]+)\"");

	@Nested
	class ByDefault extends Pages {

		ByDefault() {
			super("/live.html", "/actuator/h2pool");
		}

	}

	@Nested
	@TestPropertySource(properties = "server.servlet.context-path=/app")
	class UnderAContextPath extends Pages {

		UnderAContextPath() {
			super("/app/live.html", "/app/actuator/h2pool");
		}

	}

	@Nested
	@TestPropertySource(properties = "management.endpoints.web.base-path=/manage")
	class WithAnotherBasePath extends Pages {

		WithAnotherBasePath() {
			super("/live.html", "/manage/h2pool");
		}

	}

	@Nested
	@TestPropertySource(properties = { "server.servlet.context-path=/a/b", "management.endpoints.web.base-path=/",
			"management.endpoints.web.path-mapping.h2pool=pools/http2", "spring.mvc.servlet.path=/mvc" })
	class WithAllOfThem extends Pages {

		WithAllOfThem() {
			super("/a/b/mvc/live.html", "/a/b/mvc/pools/http2");
		}

	}

	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { "sample.tls-port=0", "sample.startup-calls=0" })
	abstract static class Pages {

		// The JDK's client, so that what is tested does not test itself.
		private final HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

		private final String page;

		private final String endpoint;

		@Autowired
		private Targets targets;

		Pages(String page, String endpoint) {
			this.page = page;
			this.endpoint = endpoint;
		}

		@Test
		void thePageTellsWhereTheEndpointIs() throws Exception {
			URI live = this.targets.self(false, LivePage.PATH);
			assertThat(live.getPath()).isEqualTo(this.page);

			List<String> told = all(TOLD, get(live));

			assertThat(told).hasSize(1);
			URI endpoint = live.resolve(told.get(0));
			assertThat(endpoint.getPath()).isEqualTo(this.endpoint);
			assertThat(JsonPath.<List<?>>read(get(endpoint), "$.origins")).isNotNull();
			assertThat(JsonPath.<String>read(get(URI.create(endpoint + "/diagnosis")), "$.severity")).isNotEmpty();
		}

		@Test
		void everyLinkOfThePagesLeadsSomewhere() throws Exception {
			for (URI page : List.of(this.targets.self(false, LivePage.PATH), this.targets.self(false, "/"))) {
				List<String> links = all(LINK, get(page));
				assertThat(links).hasSizeGreaterThan(5).noneMatch((link) -> link.startsWith("/"));
				for (String link : links) {
					URI uri = page.resolve(link.replace("&amp;", "&"));
					if (uri.getQuery() == null) {
						get(uri);
					}
				}
			}
		}

		@Test
		void everyScriptFindsWhatItImportsAndNamesNoPathOfItsOwn() throws Exception {
			URI live = this.targets.self(false, LivePage.PATH);
			for (String script : List.of("live.js", "view.js", "model.js", "endpoint.js")) {
				URI uri = live.resolve("live/" + script);
				String source = get(uri);
				assertThat(source).doesNotContain("\"/", "'/", "`/");
				for (String imported : all(IMPORT, source)) {
					get(uri.resolve(imported));
				}
			}
		}

		@Test
		void theButtonsMakeTraffic() throws Exception {
			URI live = this.targets.self(false, LivePage.PATH);
			assertThat(JsonPath.<Integer>read(get(live.resolve("fanout?calls=3")), "$.failed")).isZero();
			assertThat(get(live.resolve("styles?tls=true"))).contains("HTTP/2.0");
		}

		private static List<String> all(Pattern pattern, String text) {
			Stream<MatchResult> found = pattern.matcher(text).results();
			return found.map((match) -> match.group(1)).toList();
		}

		private String get(URI uri) throws IOException, InterruptedException {
			HttpResponse<String> response = this.browser.send(HttpRequest.newBuilder(uri).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).as(uri.toString()).isEqualTo(200);
			return response.body();
		}

	}

}
