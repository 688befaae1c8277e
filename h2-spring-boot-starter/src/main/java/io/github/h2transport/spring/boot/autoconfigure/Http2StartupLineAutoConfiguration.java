package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the line that says, at start, what runs on HTTP/2.
 */
@AutoConfiguration(after = { Http2ImperativeClientAutoConfiguration.class, Http2ReactiveClientAutoConfiguration.class })
@ConditionalOnClass(name = BootVersionAutoConfiguration.CLASS_SINCE_4_1)
@ConditionalOnBean(Http2TransportProperties.class)
public final class Http2StartupLineAutoConfiguration {

	/** Not again in a child context, which has the builders of its parent. */
	@Bean
	@ConditionalOnMissingBean
	Http2StartupLine http2StartupLine(ConfigurableListableBeanFactory beanFactory, Environment environment,
			Http2TransportProperties properties) {
		return new Http2StartupLine(beanFactory, environment, properties.isAllowHttp(), properties.getFallback());
	}

}
