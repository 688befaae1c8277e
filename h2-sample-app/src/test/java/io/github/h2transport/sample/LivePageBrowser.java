package io.github.h2transport.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import io.github.h2transport.spring.SharedHttp2Transport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The live page in a real browser: {@code mvn -Pbrowser -pl h2-sample-app -am test}.
 * Leaves pictures in {@code target/screenshots}.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "sample.tls-port=0", "sample.startup-calls=0", "h2.transport.pool.max-connections=1",
				"h2.transport.pool.max-streams-per-connection=16", "logging.level.org.openqa.selenium=error" })
class LivePageBrowser {

	/** Answers from a file instead of the application's. */
	private static final String CANNED = """
			const real = window.fetch;
			window.asked = 0;
			window.fetch = (path, options) => {
				window.asked++;
				const name = { "/actuator/h2pool": "pool", "/actuator/h2pool/diagnosis": "diagnosis" }[path];
				return name ? Promise.resolve(new Response(JSON.stringify(window.canned[name]))) : real(path, options);
			};
			window.canned = %s;
			""";

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@Autowired
	private Targets targets;

	@Autowired
	private SharedHttp2Transport transport;

	private Browser browser;

	private static String version = "";

	private static int shown;

	@BeforeEach
	void beginWithoutConnections() {
		await().untilAsserted(() -> {
			this.transport.get().closeIdleConnections();
			assertThat(this.transport.snapshot().origins()).allMatch((origin) -> origin.connections().isEmpty());
		});
		this.browser = new Browser();
		this.browser.width(1280);
	}

	@AfterEach
	void allStayedWithinTheOrigin() {
		try (Browser ending = this.browser) {
			String self = this.targets.self(false, "/").toString();
			assertThat(ending.requests()).isNotEmpty().allMatch((url) -> url.startsWith(self));
			version = ending.version();
			shown++;
		}
	}

	@AfterAll
	static void tellTheBuild() {
		System.out.println("browser: Chromium " + version + " has shown the live page " + shown + " times");
	}

	@Test
	void withoutConnectionsThePageSaysWhatToDo() throws IOException {
		open();

		await().untilAsserted(() -> assertThat(this.browser.text("#empty")).startsWith("No connection yet.")
			.contains("100 calls", "RestClient.Builder"));
		assertThat(this.browser.text("#verdict")).isEqualTo("✔ no connections");
		this.browser.screenshot("empty");
		assertThat(this.browser.complaints()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "light", "dark" })
	void connectionsAndStreamsAreThoseOfTheEndpoint(String colours) throws Exception {
		this.browser.colours(colours);
		open();
		press("100 calls over TLS");
		await().untilAsserted(() -> assertThat(this.browser.text("#told")).contains("failed 0"));
		get("/hold?streams=7&seconds=8");
		get("/hold?streams=2&seconds=8&tls=true");

		await().untilAsserted(() -> {
			String pool = get("/actuator/h2pool");
			List<Object> connections = JsonPath.read(pool, "$.origins[*].connections[*]");
			List<Object> streams = JsonPath.read(pool, "$.origins[*].connections[*].streams[*]");
			assertThat(streams).hasSize(9);
			assertThat(this.browser.count(".connection")).isEqualTo(connections.size());
			assertThat(this.browser.count(".segment:not(.ended)")).isEqualTo(streams.size());
			assertThat(this.browser.count(".tile")).isEqualTo(streams.size());
			assertThat(this.browser.texts(".connection h4 > a"))
				.containsExactlyElementsOf(JsonPath.<List<String>>read(pool, "$.origins[*].connections[*].id"));
			assertThat(this.browser.text("[data-is=streams]")).isEqualTo("9");
		});
		assertThat(this.browser.run(TOO_FAINT)).asInstanceOf(InstanceOfAssertFactories.LIST)
			.as("texts with a contrast below 4.5")
			.isEmpty();
		this.browser.screenshot("busy-" + colours);
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void aHungStreamTellsForWhatItWaitsAndGoesWhenItEnds() throws Exception {
		open();
		get("/hold?streams=1&seconds=4");

		await().untilAsserted(() -> {
			assertThat(this.browser.text(".tile.peer .wait")).matches("waits for response head, [1-9]\\.\\d s");
			assertThat(this.browser.text(".tile .path")).isEqualTo("/slow");
			assertThat(this.browser.attribute(".segment.peer", "title")).contains("waits for response head");
		});
		await().untilAsserted(() -> assertThat(this.browser.count(".tile, .segment")).isZero());
		assertThat(this.browser.text(".connection .slots")).startsWith("0 streams open, 16 at once");
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void waitingCallsAreAQueueWithAFinding() throws Exception {
		open();
		get("/hold?streams=19&seconds=20");

		await().atMost(Duration.ofSeconds(18)).untilAsserted(() -> {
			assertThat(this.browser.text(".queue:not([hidden])")).startsWith("3 calls wait for a connection");
			assertThat(this.browser.count(".pip")).isEqualTo(3);
			assertThat(this.browser.text("[data-is=pending]")).isEqualTo("3");
			assertThat(this.browser.texts(".finding")).anyMatch((finding) -> finding.startsWith("▲ warning")
					&& finding.contains("h2.transport.pool.max-streams-per-connection"));
			assertThat(this.browser.text("#verdict")).startsWith("▲ warning: 1 of");
			assertThat(this.browser.title()).startsWith("▲ warning");
			assertThat(this.browser.count(".segment:not(.ended)")).isEqualTo(16);
			assertThat(this.browser.count(".tile")).isEqualTo(12);
			assertThat(this.browser.text(".connection > [data-is=rest]:not([hidden])"))
				.isEqualTo("and 4 streams that wait less");
		});
		this.browser.screenshot("queue");
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void slowTransfersShowWhoHoldsThemUp() throws IOException {
		open();
		press("Download, read slowly");
		press("Upload to a slow server");

		await().untilAsserted(() -> assertThat(this.browser.texts(".tile.application .wait"))
			.anyMatch((wait) -> wait.startsWith("waits for this application to read")));
		await().untilAsserted(() -> assertThat(this.browser.texts(".tile.window .wait"))
			.anyMatch((wait) -> wait.startsWith("waits for stream window") || wait.startsWith("waits for connection")));
		this.browser.screenshot("slow-transfers");
		await().untilAsserted(() -> assertThat(this.browser.count(".tile")).isZero());
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void callsThatAreOverBeforeAnybodyLooksStillCount() {
		open();
		press("100 calls");

		await().untilAsserted(() -> {
			assertThat(this.browser.text("#told")).startsWith("100 calls:").contains("failed 0");
			assertThat(this.browser.text(".connection .slots")).contains(" 100 so far");
			assertThat(this.browser.text("[data-is=rateMost]")).doesNotContain("at most 0 ");
			assertThat(this.browser.text("#events")).contains("was opened");
		});
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void anApplicationThatIsGoneIsToldAndComesBack() throws IOException {
		open();
		await().untilAsserted(() -> assertThat(this.browser.text("#verdict")).isNotEqualTo("Loading …"));

		this.browser.offline(true);
		await().untilAsserted(() -> {
			assertThat(this.browser.text("#unreachable")).contains("cannot be reached", "Trying again");
			assertThat(this.browser.text("#verdict")).isEqualTo("? unknown");
		});
		this.browser.screenshot("unreachable");
		this.browser.offline(false);
		await().untilAsserted(() -> {
			assertThat(this.browser.text("#verdict")).isEqualTo("✔ no connections");
			assertThat(this.browser.count("#unreachable:not([hidden])")).isZero();
		});
	}

	@Test
	void aPauseKeepsThePictureAndTheKeyboardReachesIt() throws IOException {
		canned("trouble");
		open();
		await().untilAsserted(() -> assertThat(this.browser.count(".connection")).isPositive());
		WebElement body = this.browser.element("body");

		body.sendKeys(Keys.TAB);
		assertThat(this.browser.focused().getText()).isEqualTo("Pause");
		this.browser.focused().sendKeys(Keys.SPACE);
		assertThat(this.browser.text("#freshness")).startsWith("Paused at");
		assertNobodyAsks();
		this.browser.focused().sendKeys(Keys.SPACE);

		assertSomebodyAsks();
		assertThat(this.browser.focused().getText()).isEqualTo("Pause");
	}

	@Test
	void nobodyAsksWhileThePageIsHidden() throws IOException {
		canned("trouble");
		open();
		assertSomebodyAsks();

		this.browser.run("Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
				+ "document.dispatchEvent(new Event('visibilitychange'));");
		assertNobodyAsks();
		this.browser.run("Object.defineProperty(document, 'hidden', { value: false, configurable: true });"
				+ "document.dispatchEvent(new Event('visibilitychange'));");

		assertSomebodyAsks();
	}

	@ParameterizedTest
	@CsvSource({ "360, light", "360, dark", "1600, light", "1600, dark" })
	void troubleIsToldInWordsAtAnyWidth(int width, String colours) throws IOException {
		canned("trouble");
		this.browser.width(width);
		this.browser.colours(colours);
		open();

		await().untilAsserted(() -> {
			assertThat(this.browser.text("#verdict")).startsWith("✖ critical: 2 of 3 origins");
			assertThat(this.browser.texts(".finding .severity")).containsExactly("✖ critical", "▲ warning", "▲ warning",
					"● info");
			assertThat(this.browser.texts(".origin h3")).containsExactly("https://api.example.com",
					"https://api.example.com", "https://old.example.com");
			assertThat(this.browser.texts(".connection .trouble:not([hidden])"))
				.containsExactly("GOAWAY ENHANCE_YOUR_CALM, last stream 41: <img src=x onerror=\"throw 1\">");
			assertThat(this.browser.texts(".connection .state")).containsExactly("OPEN", "DRAINING");
			assertThat(this.browser.text(".queue:not([hidden])")).contains("1200 calls wait for a connection");
			assertThat(this.browser.count(".pip")).isEqualTo(60);
			assertThat(this.browser.texts(".origin > .trouble:not([hidden])")).hasSize(2)
				.anyMatch((text) -> text.contains("Connection refused"))
				.anyMatch((text) -> text.contains("HTTP/1.1"));
		});
		assertThat(this.browser.attribute(".pips[data-more]", "data-more")).isEqualTo("1140");
		assertThat(this.browser.count("img")).as("elements made of a server's text").isZero();
		assertThat(this.browser.run("return document.documentElement.scrollWidth")).isEqualTo((long) width);
		assertThat(this.browser.run(TOO_FAINT)).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
		this.browser.screenshot("trouble-" + width + "-" + colours);
		assertThat(this.browser.complaints()).isEmpty();
	}

	@Test
	void whatHappenedBetweenTwoLooksIsToldWithItsReason() throws IOException {
		canned("trouble");
		open();
		await().untilAsserted(() -> assertThat(this.browser.count(".connection")).isEqualTo(2));

		this.browser.run("""
				const [api] = window.canned.pool.origins;
				api.connections = api.connections.filter((connection) => connection.id !== "c8");
				api.connections[0].goAway = { lastStreamId: 41, code: "NO_ERROR", debug: "" };
				api.pool.totals.replays += 3;
				""");

		await().untilAsserted(() -> assertThat(this.browser.texts("#events li")).hasSize(3)
			.anyMatch((event) -> event
				.contains("c8 to https://api.example.com is closed: after GOAWAY ENHANCE_YOUR_CALM; "
						+ "it had 1 open stream when last seen"))
			.anyMatch((event) -> event.contains("c7 got GOAWAY NO_ERROR, last stream 41"))
			.anyMatch((event) -> event.contains("3 calls to https://api.example.com went to another connection")));
		assertThat(this.browser.complaints()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			model.seconds("PT0S")                                                            | 0
			model.seconds(null)                                                              | 0
			model.seconds("PT1H2M3.5S")                                                      | 3723.5
			model.seconds("PT-0.25S")                                                        | -0.25
			model.time(0.44)                                                                 | 0.4 s
			model.time(59.9)                                                                 | 59 s
			model.time(3725)                                                                 | 1 h 2 min
			model.size(0)                                                                    | 0 B
			model.size(65535)                                                                | 64 KiB
			model.size(1572864)                                                              | 1.5 MiB
			model.slots({ maxConcurrentStreams: 250 }, { maxStreamsPerConnection: 100 })     | 100
			model.slots({ maxConcurrentStreams: 4294967295 }, null)                          | Infinity
			model.slots({ maxConcurrentStreams: 250, singleUse: true }, null)                | 1
			model.barLength(100, 3)                                                          | 100
			model.barLength(1000, 3)                                                         | 64
			model.barLength(Infinity, 500)                                                   | 1024
			model.waitsFor({ waitingFor: null, waiting: "PT9S" })                            | moving
			model.waitsFor({ waitingFor: "response head", waiting: "PT0.9S" })               | moving
			model.waitsFor({ waitingFor: "response head", waiting: "PT1S" })                 | peer
			model.waitsFor({ waitingFor: "socket", waiting: "PT1S" })                        | window
			model.waitsFor({ waitingFor: "application not reading", waiting: "PT1S" })       | application
			""")
	void theModelReadsTheEndpoint(String expression, String value) {
		open();

		assertThat(this.browser.runWithModel("return String(" + expression + ")")).isEqualTo(value);
	}

	/**
	 * The texts that can be seen and whose contrast is below what WCAG 2.2, 1.4.3 asks
	 * for.
	 */
	private static final String TOO_FAINT = """
			const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
			const light = (colour) => colour.slice(0, 3)
				.map((value) => value / 255)
				.map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
				.reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
			const ground = (element) => {
				for (let at = element; at; at = at.parentElement) {
					const colour = rgb(getComputedStyle(at).backgroundColor);
					if (colour.length === 3 || colour[3] > 0) {
						return colour;
					}
				}
				return [255, 255, 255];
			};
			return [...document.body.querySelectorAll("*")]
				.filter((element) => element.checkVisibility() && !element.closest(":disabled, noscript, template"))
				.filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
				.map((element) => {
					const [low, high] = [light(rgb(getComputedStyle(element).color)), light(ground(element))]
						.sort((a, b) => a - b);
					return [element.textContent.trim().slice(0, 40), (high + 0.05) / (low + 0.05)];
				})
				.filter(([, contrast]) => contrast < 4.5)
				.map(([text, contrast]) => text + ": " + contrast.toFixed(2));
			""";

	private void open() {
		this.browser.open(this.targets.self(false, LivePage.PATH).toString());
	}

	private void canned(String name) throws IOException {
		String json = new ClassPathResource("live/" + name + ".json").getContentAsString(StandardCharsets.UTF_8);
		this.browser.prepare(CANNED.formatted(json));
	}

	private void press(String button) {
		this.browser.element("#traffic")
			.findElements(By.tagName("button"))
			.stream()
			.filter((each) -> each.getText().equals(button))
			.findFirst()
			.orElseThrow()
			.click();
	}

	private void assertSomebodyAsks() {
		long before = asked();
		await().untilAsserted(() -> assertThat(asked()).isGreaterThan(before + 2));
	}

	private void assertNobodyAsks() {
		long before = asked();
		Awaitility.await()
			.during(Duration.ofMillis(1_500))
			.atMost(Duration.ofSeconds(5))
			.untilAsserted(() -> assertThat(asked()).isEqualTo(before));
	}

	private long asked() {
		return (Long) this.browser.run("return window.asked");
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private String get(String path) throws IOException, InterruptedException {
		URI uri = this.targets.self(false, path);
		return this.http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()).body();
	}

}
