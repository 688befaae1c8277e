package io.github.h2transport.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.spring.Http1Fallback;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;

/**
 * Says once, when the application starts, which builders run on HTTP/2 and how to switch
 * back, because a dependency alone has changed that.
 */
final class Http2StartupLine implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(Http2StartupLine.class);

	private final ListableBeanFactory beanFactory;

	private final boolean allowHttp;

	private final Http1Fallback fallback;

	Http2StartupLine(ListableBeanFactory beanFactory, boolean allowHttp, Http1Fallback fallback) {
		this.beanFactory = beanFactory;
		this.allowHttp = allowHttp;
		this.fallback = fallback;
	}

	@Override
	public void afterSingletonsInstantiated() {
		logger.info(line());
	}

	String line() {
		List<String> users = new ArrayList<>();
		List<String> switches = new ArrayList<>();
		boolean imperative = this.beanFactory.containsBean(Http2ImperativeClientAutoConfiguration.BUILDER);
		boolean reactive = this.beanFactory.containsBean(Http2ReactiveClientAutoConfiguration.BUILDER);
		if (imperative) {
			addIfPresent(users, "org.springframework.web.client.RestClient$Builder", "RestClient.Builder");
			addIfPresent(users, "org.springframework.boot.restclient.RestTemplateBuilder", "RestTemplateBuilder");
			switches.add(OnNoOtherClientChosenCondition.Imperative.PROPERTY);
		}
		if (reactive) {
			addIfPresent(users, "org.springframework.web.reactive.function.client.WebClient$Builder",
					"WebClient.Builder");
		}
		addIfPresent(users, "org.springframework.web.service.registry.HttpServiceProxyRegistry", "HTTP service groups");
		if (imperative) {
			users.add("ClientHttpRequestFactory");
		}
		if (reactive) {
			users.add("ClientHttpConnector");
			switches.add(OnNoOtherClientChosenCondition.Reactive.PROPERTY);
		}
		return String.join(", ", users) + " run on HTTP/2 (h2-transport; https:// servers without it are "
				+ ((this.fallback != Http1Fallback.NONE) ? "called over HTTP/1.1" : "refused") + ", http:// URLs are "
				+ httpUrls() + "); to switch back to Spring Boot's own client set " + String.join(" and ", switches)
				+ ", for example to jdk, or h2.transport.enabled=false";
	}

	private String httpUrls() {
		if (this.allowHttp) {
			return "called with prior knowledge";
		}
		return (this.fallback == Http1Fallback.ALL) ? "called over HTTP/1.1"
				: "refused, see h2.transport.allow-http and h2.transport.fallback";
	}

	/** By name, since neither kind of client need be on the class path. */
	private void addIfPresent(List<String> users, String type, String name) {
		ClassLoader classLoader = getClass().getClassLoader();
		if (ClassUtils.isPresent(type, classLoader) && this.beanFactory
			.getBeanNamesForType(ClassUtils.resolveClassName(type, classLoader), true, false).length > 0) {
			users.add(name);
		}
	}

}
