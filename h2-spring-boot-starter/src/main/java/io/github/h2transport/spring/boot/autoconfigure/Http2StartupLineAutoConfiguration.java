package io.github.h2transport.spring.boot.autoconfigure;

import io.github.h2transport.spring.Http1Fallback;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration of the line that says, at start, what runs on HTTP/2.
 */
@AutoConfiguration(after = { Http2ImperativeClientAutoConfiguration.class, Http2ReactiveClientAutoConfiguration.class })
@ConditionalOnClass(name = BootVersionAutoConfiguration.CLASS_SINCE_4_1)
@Conditional(Http2StartupLineAutoConfiguration.OnAnyBuilderOfOurs.class)
public final class Http2StartupLineAutoConfiguration {

	@Bean
	Http2StartupLine http2StartupLine(ListableBeanFactory beanFactory,
			ObjectProvider<Http2TransportProperties> properties) {
		Http2TransportProperties bound = properties.getIfAvailable();
		return new Http2StartupLine(beanFactory, bound != null && bound.isAllowHttp(),
				(bound != null) ? bound.getFallback() : Http1Fallback.TLS);
	}

	static class OnAnyBuilderOfOurs extends AnyNestedCondition {

		OnAnyBuilderOfOurs() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBean(name = Http2ImperativeClientAutoConfiguration.BUILDER)
		static class Imperative {

		}

		@ConditionalOnBean(name = Http2ReactiveClientAutoConfiguration.BUILDER)
		static class Reactive {

		}

	}

}
