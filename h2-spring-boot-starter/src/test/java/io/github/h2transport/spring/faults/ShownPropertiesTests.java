package io.github.h2transport.spring.faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** Operators look at {@code /actuator/configprops} for what an application runs with. */
@Timeout(60)
class ShownPropertiesTests {

	@Test
	void theProxyIsShownAndHiddenLikeOtherProperties() {
		assertThat(properties("never")).contains("nonProxyHosts").contains("host").doesNotContain("proxy.example");
		assertThat(properties("always")).contains("proxy.example", "3128");
	}

	private static String properties(String show) {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.properties("management.endpoints.web.exposure.include=configprops",
					"management.endpoint.configprops.show-values=" + show, "h2.transport.proxy.host=proxy.example",
					"h2.transport.proxy.port=3128", "h2.transport.proxy.username=me",
					"h2.transport.proxy.password=secret")
			.run()) {
			String shown = application.getBean(ConfigurationPropertiesReportEndpoint.class)
				.configurationPropertiesWithPrefix("h2.transport")
				.getContexts()
				.values()
				.iterator()
				.next()
				.getBeans()
				.values()
				.iterator()
				.next()
				.getProperties()
				.toString();
			if (show.equals("never")) {
				assertThat(shown).doesNotContain("secret");
			}
			return shown;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
