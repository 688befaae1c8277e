package io.github.h2transport.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.h2transport.spring.Http1Fallback;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Says once, when the application starts, which builders run on HTTP/2 and how to switch
 * back, because a dependency alone has changed that; and what of the application keeps a
 * builder from it, or has no effect on it.
 */
final class Http2StartupLine implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(Http2StartupLine.class);

	private static final String WEB_CLIENT = "org.springframework.web.reactive.function.client.WebClient";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	private final boolean allowHttp;

	private final Http1Fallback fallback;

	Http2StartupLine(ConfigurableListableBeanFactory beanFactory, Environment environment, boolean allowHttp,
			Http1Fallback fallback) {
		this.beanFactory = beanFactory;
		this.environment = environment;
		this.allowHttp = allowHttp;
		this.fallback = fallback;
	}

	@Override
	public void afterSingletonsInstantiated() {
		logger.info(line());
		String idle = ineffective();
		if (!idle.isEmpty()) {
			logger.warn(idle);
		}
	}

	String line() {
		boolean imperative = this.beanFactory.containsBean(Http2ImperativeClientAutoConfiguration.BUILDER);
		boolean reactive = this.beanFactory.containsBean(Http2ReactiveClientAutoConfiguration.BUILDER);
		List<String> users = new ArrayList<>();
		List<String> others = new ArrayList<>();
		List<String> switches = new ArrayList<>();
		List<String> blocking = blocking(imperative == reactive);
		if (imperative) {
			users.addAll(blocking);
			switches.add(OnNoOtherClientChosenCondition.Imperative.PROPERTY);
		}
		else {
			others.add(String.join(", ", blocking) + " do not, for "
					+ reason(OnNoOtherClientChosenCondition.Imperative.PROPERTY,
							"org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder",
							Http2ImperativeClientAutoConfiguration.class));
		}
		if (reactive) {
			users.addAll(reactive(imperative));
			switches.add(OnNoOtherClientChosenCondition.Reactive.PROPERTY);
		}
		else if (isPresent(WEB_CLIENT) && isPresent("reactor.core.publisher.Mono")) {
			others.add(String.join(", ", reactive(false)) + " do not, for "
					+ reason(OnNoOtherClientChosenCondition.Reactive.PROPERTY,
							"org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder",
							Http2ReactiveClientAutoConfiguration.class));
		}
		String also = others.isEmpty() ? "" : "; " + String.join("; ", others);
		if (switches.isEmpty()) {
			return "No client that Spring Boot builds runs on HTTP/2 (h2-transport)" + also;
		}
		return String.join(", ", users) + " run on HTTP/2 (h2-transport; https:// servers without it are "
				+ ((this.fallback != Http1Fallback.NONE) ? "called over HTTP/1.1" : "refused") + ", http:// URLs are "
				+ httpUrls() + "); to switch back to Spring Boot's own client set " + String.join(" and ", switches)
				+ ", for example to jdk, or h2.transport.enabled=false" + also + ownFactories(imperative);
	}

	private List<String> blocking(boolean groups) {
		List<String> users = new ArrayList<>();
		addIfPresent(users, "org.springframework.web.client.RestClient$Builder", "RestClient.Builder");
		addIfPresent(users, "org.springframework.boot.restclient.RestTemplateBuilder", "RestTemplateBuilder");
		addGroups(users, groups ? "HTTP service groups" : "HTTP service groups of RestClient");
		users.add("ClientHttpRequestFactory");
		return users;
	}

	private List<String> reactive(boolean groupsAreSaid) {
		List<String> users = new ArrayList<>();
		addIfPresent(users, WEB_CLIENT + "$Builder", "WebClient.Builder");
		if (!groupsAreSaid) {
			addGroups(users, "HTTP service groups of WebClient");
		}
		users.add("ClientHttpConnector");
		return users;
	}

	private void addGroups(List<String> users, String name) {
		addIfPresent(users, "org.springframework.web.service.registry.HttpServiceProxyRegistry", name);
	}

	private String httpUrls() {
		if (this.allowHttp) {
			return "called with prior knowledge";
		}
		return (this.fallback == Http1Fallback.ALL) ? "called over HTTP/1.1"
				: "refused, see h2.transport.allow-http and h2.transport.fallback";
	}

	/** What is in the place of our builder. */
	private String reason(String property, String builderType, Class<?> autoConfiguration) {
		String chosen = this.environment.getProperty(property);
		if (StringUtils.hasText(chosen) && !OnNoOtherClientChosenCondition.isOwnName(chosen)) {
			return property + " is '" + chosen + "'";
		}
		if (this.beanFactory.getBeanNamesForType(autoConfiguration, true, false).length == 0) {
			return ClassUtils.getShortName(autoConfiguration) + " is left out";
		}
		return "the application has its own builder, " + String.join(", ", names(builderType));
	}

	private List<String> names(String type) {
		List<String> names = new ArrayList<>();
		ClassLoader classLoader = getClass().getClassLoader();
		if (isPresent(type)) {
			for (String name : this.beanFactory.getBeanNamesForType(ClassUtils.resolveClassName(type, classLoader),
					true, false)) {
				names.add("'" + name + "'");
			}
		}
		return names;
	}

	/** Whether they set one cannot be known: they are asked for each builder. */
	private String ownFactories(boolean imperative) {
		List<String> customizers = new ArrayList<>();
		if (imperative) {
			for (String type : List.of("org.springframework.boot.restclient.RestClientCustomizer",
					"org.springframework.boot.restclient.RestTemplateCustomizer")) {
				customizers.addAll(names(type).stream().filter((name) -> !isBoots(name)).toList());
			}
		}
		return customizers.isEmpty() ? ""
				: "; a request factory that is set by " + String.join(", ", customizers) + " wins over it";
	}

	private boolean isBoots(String quoted) {
		String name = quoted.substring(1, quoted.length() - 1);
		Class<?> type = this.beanFactory.getType(name, false);
		return type != null && type.getName().startsWith("org.springframework.boot.");
	}

	/** Names the customizers of builders that are not ours. */
	private String ineffective() {
		List<String> found = new ArrayList<>();
		if (this.beanFactory.containsBean(Http2ImperativeClientAutoConfiguration.BUILDER)) {
			found.addAll(ofOthers(
					"org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer",
					Http2ClientHttpRequestFactoryBuilder.class));
		}
		if (this.beanFactory.containsBean(Http2ReactiveClientAutoConfiguration.BUILDER)) {
			found.addAll(ofOthers(
					"org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer",
					Http2ClientHttpConnectorBuilder.class));
		}
		return found.isEmpty() ? ""
				: "Without effect on calls over HTTP/2, since they customize another client: "
						+ String.join(", ", found)
						+ "; what they set has to be set for HTTP/2 too, see \"Customizers\" in docs/migration.md";
	}

	/** By the type that the bean's definition declares. */
	private List<String> ofOthers(String customizer, Class<?> builder) {
		List<String> found = new ArrayList<>();
		Class<?> type = ClassUtils.resolveClassName(customizer, getClass().getClassLoader());
		for (String name : this.beanFactory.getBeanNamesForType(type, true, false)) {
			if (!this.beanFactory.containsBeanDefinition(name) || isOfBoot(name)) {
				continue;
			}
			Class<?> customized = this.beanFactory.getMergedBeanDefinition(name)
				.getResolvableType()
				.as(type)
				.getGeneric(0)
				.resolve();
			if (customized != null && !customized.isAssignableFrom(builder)) {
				found.add("'" + name + "' (" + ClassUtils.getShortName(customized) + ")");
			}
		}
		return found;
	}

	/** Spring Boot gives its own clients what they share, such as threads. */
	private boolean isOfBoot(String name) {
		String factory = this.beanFactory.getMergedBeanDefinition(name).getFactoryBeanName();
		Class<?> declaring = (factory != null) ? this.beanFactory.getType(factory, false) : null;
		return declaring != null && declaring.getName().startsWith("org.springframework.boot.");
	}

	private boolean isPresent(String type) {
		return ClassUtils.isPresent(type, getClass().getClassLoader());
	}

	/** By name, since neither kind of client need be on the class path. */
	private void addIfPresent(List<String> users, String type, String name) {
		if (!names(type).isEmpty()) {
			users.add(name);
		}
	}

}
