package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;

/**
 * Ends the start of an application that lacks a part of Spring Boot 4.1 with one clear
 * line, for example one whose spring-boot-http-client was excluded. This class names
 * nothing that an older version does not have; the other auto-configurations stay unread
 * there.
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
			throw UnsupportedBootException.without41(SpringBootVersion.getVersion(), beanFactory.getBeanClassLoader());
		};
	}

}
