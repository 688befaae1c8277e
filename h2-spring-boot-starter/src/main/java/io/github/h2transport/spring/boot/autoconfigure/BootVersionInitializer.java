package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Ends the start of an application whose Spring Boot is too old with one clear line,
 * before any bean is defined: the modules of Spring Boot 4.1 that come with this starter
 * define beans with the names of those of an older one, and that would be all one is
 * told. Names nothing that an older version does not have.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class BootVersionInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		String version = SpringBootVersion.getVersion();
		if (UnsupportedBootException.isTooOld(version)) {
			throw UnsupportedBootException.tooOld(version);
		}
	}

}
