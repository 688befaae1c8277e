package io.github.h2transport.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;

/**
 * Ends the start of an application whose Spring Boot is too old with one clear line. This
 * class names nothing that an older version does not have; the other auto-configurations
 * stay unread there.
 */
@AutoConfiguration
@ConditionalOnMissingClass(BootVersionAutoConfiguration.CLASS_SINCE_4_1)
public final class BootVersionAutoConfiguration {

	/** New in Spring Boot 4.1, and part of what this starter needs. */
	static final String CLASS_SINCE_4_1 = "org.springframework.boot.http.client.InetAddressFilter";

	/** Runs before any other bean is made, so that nothing else can fail first. */
	@Bean
	static BeanFactoryPostProcessor unsupportedBootVersion() {
		return (beanFactory) -> {
			throw new UnsupportedBootVersionException(SpringBootVersion.getVersion());
		};
	}

	/** Tells the whole story in one line, for those who see nothing but the message. */
	static final class UnsupportedBootVersionException extends IllegalStateException {

		private static final long serialVersionUID = 1L;

		private final String problem;

		UnsupportedBootVersionException(@Nullable String version) {
			super(problem(version) + ": update Spring Boot, or remove the dependency");
			this.problem = problem(version) + ".";
		}

		/** Returns what is wrong, without what to do about it. */
		String problem() {
			return this.problem;
		}

		private static String problem(@Nullable String version) {
			return "h2-spring-boot-starter needs Spring Boot 4.1 or newer, but this application runs on Spring Boot "
					+ ((version != null) ? version : "of an unknown version");
		}

	}

}
