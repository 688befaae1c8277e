package io.github.h2transport.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.web.service.registry.ImportHttpServices;

/** Starts a server on 127.0.0.1 that is its own client. */
@SpringBootApplication
@EnableConfigurationProperties(SampleProperties.class)
@ImportHttpServices(group = "self", types = Greetings.class)
public class SampleApplication {

	/**
	 * Starts the application.
	 * @param arguments Spring Boot's command line, as in {@code --server.port=9090}
	 */
	public static void main(String[] arguments) {
		SpringApplication.run(SampleApplication.class, arguments);
	}

}
