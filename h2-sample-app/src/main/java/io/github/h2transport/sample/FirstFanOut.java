package io.github.h2transport.sample;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Makes a first fan-out when the application has started, and says where to look. */
@Component
class FirstFanOut implements ApplicationRunner {

	private static final Log logger = LogFactory.getLog(FirstFanOut.class);

	private final SampleProperties properties;

	private final FanOut fanOut;

	private final Styles styles;

	private final Targets targets;

	FirstFanOut(SampleProperties properties, FanOut fanOut, Styles styles, Targets targets) {
		this.properties = properties;
		this.styles = styles;
		this.fanOut = fanOut;
		this.targets = targets;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		int calls = this.properties.startupCalls();
		if (calls > 0) {
			logger.info(this.fanOut.run(calls, false));
			if (this.properties.target() == null) {
				logger.info(this.fanOut.run(calls, true));
			}
		}
		if (calls > 0) {
			Styles.Answers answers = this.styles.greet(true);
			logger.info("One greeting by each style of client, over TLS: RestClient \"" + answers.restClient()
					+ "\", WebClient \"" + answers.webClient() + "\", @HttpExchange \"" + answers.httpExchange()
					+ "\"");
		}
		logger.info("Large content and streams of events: " + this.targets.self(false, "/transfer?mebibytes=100")
				+ " and " + this.targets.self(false, "/follow?events=5"));
		logger.info("Open " + this.targets.self(false, "/") + " for what else there is, and "
				+ this.targets.self(false, this.targets.endpoint()) + " for the connections");
		logger.info("Watch them live, and make traffic: " + this.targets.self(false, LivePage.PATH));
	}

}
