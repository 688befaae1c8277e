package io.github.h2transport.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** Serves the static page, with the path that the endpoint has in this application. */
@RestController
class LivePage {

	/** What the page loads is in the folder "live" beside it. */
	static final String PATH = "/live.html";

	private static final String USUAL_ENDPOINT = "\"actuator/h2pool";

	private final Targets targets;

	LivePage(Targets targets) {
		this.targets = targets;
	}

	@GetMapping(path = PATH, produces = MediaType.TEXT_HTML_VALUE + ";charset=UTF-8")
	String page() throws IOException {
		String page = new ClassPathResource("static" + PATH).getContentAsString(StandardCharsets.UTF_8);
		return page.replace(USUAL_ENDPOINT, "\"" + HtmlUtils.htmlEscape(this.targets.endpoint().substring(1)));
	}

}
