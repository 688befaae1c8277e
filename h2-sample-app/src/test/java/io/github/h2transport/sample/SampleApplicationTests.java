package io.github.h2transport.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "sample.tls-port=0")
class SampleApplicationTests {

	// The JDK's client, so that what is tested does not test itself.
	private final HttpClient browser = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@Autowired
	private Targets targets;

	@Autowired
	private FirstFanOut firstFanOut;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aFanOutSharesOneConnection(boolean tls) throws Exception {
		String json = get("/fanout?calls=100&tls=" + tls).body();

		assertThat(JsonPath.<Integer>read(json, "$.failed")).as(json).isZero();
		assertThat(JsonPath.<Integer>read(json, "$.calls")).isEqualTo(100);
		assertThat(JsonPath.<Integer>read(json, "$.connections")).isEqualTo(1);
		assertThat(JsonPath.<String>read(json, "$.target")).startsWith(tls ? "https://" : "http://");
	}

	@Test
	void heldStreamsAreShownByTheEndpoint() throws Exception {
		assertThat(get("/hold?streams=3&seconds=2").statusCode()).isEqualTo(200);

		Awaitility.await().untilAsserted(() -> {
			String json = get("/actuator/h2pool?origin=" + this.targets.self(false, "")).body();
			assertThat(JsonPath.<Integer>read(json, "$.origins[0].connections[0].streams.length()")).as(json)
				.isGreaterThanOrEqualTo(3);
			String id = JsonPath.read(json, "$.origins[0].connections[0].id");
			assertThat(get("/actuator/h2pool/" + id).statusCode()).isEqualTo(200);
		});
		assertThat(get("/actuator/h2pool/c9999").statusCode()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/fanout?calls=0", "/fanout?calls=1001", "/fanout?calls=many", "/hold?streams=51",
			"/hold?seconds=0", "/slow?seconds=51", "/transfer?mebibytes=0", "/transfer?style=ftp", "/follow?events=0",
			"/download?mebibytes=1025", "/read-slowly?seconds=51", "/send-slowly?seconds=0" })
	void aValueOutOfRangeIsABadRequestThatSaysWhy(String path) throws Exception {
		HttpResponse<String> response = get(path);

		assertThat(response.statusCode()).isEqualTo(400);
		assertThat(JsonPath.<String>read(response.body(), "$.detail")).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void everyStyleGetsTheSameAnswer(boolean tls) throws Exception {
		String json = get("/styles?tls=" + tls).body();

		assertThat(JsonPath.<String>read(json, "$.restClient")).as(json).contains("HTTP/2.0");
		assertThat(JsonPath.<String>read(json, "$.webClient")).contains("HTTP/2.0");
		assertThat(JsonPath.<String>read(json, "$.httpExchange")).contains("HTTP/2.0");
	}

	@ParameterizedTest
	@CsvSource({ "rest,false", "rest,true", "web,false", "web,true" })
	void largeContentArrivesWholeBothWays(String style, boolean tls) throws Exception {
		String json = get("/transfer?mebibytes=5&style=" + style + "&tls=" + tls).body();

		assertThat(JsonPath.<Boolean>read(json, "$.downloadWhole")).as(json).isTrue();
		assertThat(JsonPath.<Boolean>read(json, "$.uploadWhole")).as(json).isTrue();
	}

	@Test
	void anEndlessStreamOfEventsIsFollowedAndEnded() throws Exception {
		assertThat(get("/follow?events=3").body().lines().filter((line) -> line.startsWith("data:event"))).hasSize(3);

		Awaitility.await()
			.untilAsserted(() -> assertThat(get("/actuator/h2pool").body()).doesNotContain("text/event-stream")
				.doesNotContain("response body"));
	}

	@ParameterizedTest
	@CsvSource({ "/read-slowly?seconds=4,application not reading", "/send-slowly?seconds=12,stream window" })
	void aSlowTransferShowsForWhatItWaitsAndEnds(String path, String waitingFor) throws Exception {
		assertThat(get(path).statusCode()).isEqualTo(200);

		Awaitility.await()
			.untilAsserted(
					() -> assertThat(get("/actuator/h2pool").body()).contains("\"waitingFor\":\"" + waitingFor + "\""));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(get("/actuator/h2pool").body()).doesNotContain("/download")
				.doesNotContain("/sip"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/live.html", "/live/live.css", "/live/live.js", "/live/view.js", "/live/model.js",
			"/live/endpoint.js" })
	void theLivePageIsServedAndMayLoadNothingFromElsewhere(String path) throws Exception {
		HttpResponse<String> response = get(path);

		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
			.startsWith("default-src 'self';");
		assertThat(response.body()).doesNotContain("https://", "//cdn");
	}

	@Test
	void theIndexExplainsItself() throws Exception {
		assertThat(get("/").body()).contains("/live.html", "/fanout", "/hold", "/styles", "/transfer", "/follow",
				"/actuator/h2pool", "RestClient", "WebClient", "@HttpExchange");
	}

	@Test
	void theFirstFanOutSaysWhatHappenedAndWhereToLook(CapturedOutput output) {
		this.firstFanOut.run(null);

		assertThat(output).containsPattern("100 parallel calls to http://127.0.0.1:\\d+/greeting: all answered")
			.containsPattern("100 parallel calls to https://127.0.0.1:\\d+/greeting: all answered")
			.containsPattern("Open http://127.0.0.1:\\d+/ ")
			.contains("One greeting by each style", "/transfer?mebibytes=100", "/follow?events=5")
			.contains("/actuator/h2pool")
			.containsPattern("Watch them live, and make traffic: http://127.0.0.1:\\d+/live.html");
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		URI uri = this.targets.self(false, path);
		return this.browser.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
	}

}
