package io.github.h2transport.sample;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * A Chromium without a window, as Debian's packages chromium and chromium-driver bring
 * it. Confined to the test's thread.
 */
final class Browser implements AutoCloseable {

	private static final Path SCREENSHOTS = Path.of("target", "screenshots");

	private final ChromeDriver driver;

	Browser() {
		ChromeOptions options = new ChromeOptions();
		options.setBinary("/usr/bin/chromium");
		// Without a sandbox, because builds often run as root.
		options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
				"--disable-background-networking", "--no-first-run", "--lang=en");
		options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL", LogType.PERFORMANCE, "ALL"));
		ChromeDriverService service = new ChromeDriverService.Builder()
			.usingDriverExecutable(new File("/usr/bin/chromedriver"))
			.usingAnyFreePort()
			.build();
		this.driver = new ChromeDriver(service, options);
	}

	String version() {
		return String.valueOf(this.driver.getCapabilities().getBrowserVersion());
	}

	void open(String url) {
		this.driver.get(url);
	}

	/** Runs a script in each page that is opened from now on, before the page's own. */
	void prepare(String script) {
		this.driver.executeCdpCommand("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
	}

	void colours(String scheme) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
	}

	/** Without a scrollbar, which has its own width on each system. */
	void width(int pixels) {
		this.driver.executeCdpCommand("Emulation.setScrollbarsHidden", Map.of("hidden", true));
		this.driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
				Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
	}

	void offline(boolean offline) {
		this.driver.executeCdpCommand("Network.enable", Map.of());
		this.driver.executeCdpCommand("Network.emulateNetworkConditions",
				Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
	}

	/** The text of the first such element as it is seen, empty if there is none. */
	String text(String selector) {
		return texts(selector).stream().findFirst().orElse("");
	}

	/**
	 * The texts of all such elements as they are seen, empty for hidden ones. Taken at
	 * one moment, since the page changes all the time.
	 */
	@SuppressWarnings("unchecked")
	List<String> texts(String selector) {
		return (List<String>) run("""
				return [...document.querySelectorAll(arguments[0])]
					.map((element) => element.checkVisibility() ? element.innerText.trim() : "");
				""", selector);
	}

	/** An attribute of the first such element, empty if there is none. */
	String attribute(String selector, String name) {
		return (String) run("return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? '';", selector,
				name);
	}

	int count(String selector) {
		return this.driver.findElements(By.cssSelector(selector)).size();
	}

	WebElement element(String selector) {
		return this.driver.findElement(By.cssSelector(selector));
	}

	WebElement focused() {
		return this.driver.switchTo().activeElement();
	}

	String title() {
		return String.valueOf(this.driver.getTitle());
	}

	/** Runs the body of a function and returns what it returns. */
	Object run(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/**
	 * Runs the body of an asynchronous function, for which {@code model} is the page's
	 * model.
	 */
	Object runWithModel(String script) {
		return this.driver.executeAsyncScript(
				"const done = arguments[arguments.length - 1];" + "import('/live/model.js').then((model) => {" + script
						+ "}).then(done, (failure) => done(String(failure)));");
	}

	/** What the page or the browser has complained of since the last time. */
	List<String> complaints() {
		return this.driver.manage().logs().get(LogType.BROWSER).getAll().stream().map(LogEntry::toString).toList();
	}

	/** The URLs of all requests since the last time. */
	List<String> requests() {
		List<String> urls = new ArrayList<>();
		for (LogEntry entry : this.driver.manage().logs().get(LogType.PERFORMANCE)) {
			if (entry.getMessage().contains("\"Network.requestWillBeSent\"")) {
				urls.add(JsonPath.read(entry.getMessage(), "$.message.params.request.url"));
			}
		}
		return urls;
	}

	/** Keeps the whole page as a picture below {@code target/screenshots}. */
	void screenshot(String name) throws IOException {
		Map<String, Object> answer = this.driver.executeCdpCommand("Page.captureScreenshot",
				Map.of("format", "png", "captureBeyondViewport", true));
		Files.createDirectories(SCREENSHOTS);
		Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(answer.get("data"))));
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
