package io.github.h2transport.spring.boot.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import io.github.h2transport.spring.SharedHttp2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.client.ClientHttpRequestFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All auto-configurations that are listed, in every kind of application, with each part
 * of Spring that may be missing missing. What is really without the classes is
 * {@link WithoutOptionalJarsTests}.
 */
class ConditionsTests {

	private static final String OWN = "io.github.h2transport.";

	private static final List<Class<?>> BOOTS = List.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
			ImperativeHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
			HttpServiceClientPropertiesAutoConfiguration.class, HttpServiceClientAutoConfiguration.class,
			RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class, WebClientAutoConfiguration.class,
			ReactiveHttpServiceClientAutoConfiguration.class, EndpointAutoConfiguration.class,
			WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class);

	enum Kind {

		NONE, SERVLET, REACTIVE;

		AbstractApplicationContextRunner<?, ?, ?> runner() {
			return switch (this) {
				case NONE -> new ApplicationContextRunner();
				case SERVLET -> new WebApplicationContextRunner();
				case REACTIVE -> new ReactiveWebApplicationContextRunner();
			};
		}

	}

	/** What an application may be without, as prefixes of class names. */
	enum Missing {

		ACTUATOR("org.springframework.boot.actuate", "org.springframework.boot.health"),

		REACTOR("reactor.", "org.reactivestreams."),

		WEB_CLIENT("org.springframework.web.reactive.", "org.springframework.boot.webclient."),

		BOOT_REST_CLIENT("org.springframework.boot.restclient."),

		SERVICE_INTERFACES("org.springframework.web.service."),

		MICROMETER("io.micrometer."),

		JACKSON("tools.jackson.", "com.fasterxml.jackson."),

		SLF4J_BRIDGE("org.slf4j.bridge.");

		private final String[] packages;

		Missing(String... packages) {
			this.packages = packages;
		}

	}

	static Stream<Arguments> kindsAndMissing() {
		List<Set<Missing>> sets = new ArrayList<>();
		sets.add(EnumSet.noneOf(Missing.class));
		EnumSet.allOf(Missing.class).forEach((missing) -> sets.add(EnumSet.of(missing)));
		sets.add(EnumSet.allOf(Missing.class));
		return Stream.of(Kind.values()).flatMap((kind) -> sets.stream().map((missing) -> Arguments.of(kind, missing)));
	}

	@ParameterizedTest
	@MethodSource("kindsAndMissing")
	void whatIsThereIsConfiguredAndTheRestIsLeftOut(Kind kind, Set<Missing> missing) {
		run(kind, missing, (context) -> {
			assertThat(context.getBeansOfType(SharedHttp2Transport.class)).hasSize(1);
			assertThat(context.getBeansOfType(ClientHttpRequestFactoryBuilder.class).values()).singleElement()
				.isInstanceOf(Http2ClientHttpRequestFactoryBuilder.class);
			assertThat(context.getBeansOfType(ClientHttpRequestFactory.class)).hasSize(1);
			assertThat(context.containsBean("h2PoolEndpoint")).as("endpoint")
				.isEqualTo(!missing.contains(Missing.ACTUATOR));
			assertThat(context.containsBean("http2StartupLine")).as("line at start").isTrue();
			if (missing.contains(Missing.REACTOR)) {
				assertThat(context.containsBean("http2ClientHttpConnectorBuilder")).as("connector").isFalse();
			}
			else {
				assertThat(context.getBeansOfType(ClientHttpConnectorBuilder.class).values()).singleElement()
					.isInstanceOf(Http2ClientHttpConnectorBuilder.class);
			}
		}, "management.endpoints.web.exposure.include=h2pool");
	}

	@ParameterizedTest
	@MethodSource("kindsAndMissing")
	void nothingOfOursIsLeftIfItIsDisabled(Kind kind, Set<Missing> missing) {
		run(kind, missing,
				(context) -> assertThat(context.getBeanDefinitionNames())
					.filteredOn((name) -> isOurs(((ConfigurableApplicationContext) context).getBeanFactory()
						.getBeanDefinition(name)
						.getResolvableType()
						.toString()))
					.isEmpty(),
				"h2.transport.enabled=false", "management.endpoints.web.exposure.include=h2pool");
	}

	/** Beside the classes of the auto-configuration themselves, which do nothing. */
	private static boolean isOurs(String type) {
		return type.startsWith(OWN) && !type.endsWith("AutoConfiguration");
	}

	@Test
	void theIndexIsMadeAtBuildTime() {
		assertThat(ours()).allSatisfy((name) -> assertThat(index()).containsKey(name));
	}

	@Test
	void theListHasEveryAutoConfigurationAndNothingElse() throws Exception {
		assertThat(ours()).containsExactlyInAnyOrderElementsOf(annotated());
	}

	private static void run(Kind kind, Set<Missing> missing, Consumer<ApplicationContext> then, String... properties) {
		String[] packages = missing.stream().flatMap((each) -> Stream.of(each.packages)).toArray(String[]::new);
		kind.runner()
			.withClassLoader(new FilteredClassLoader(packages))
			.withConfiguration(AutoConfigurations.of(allOf(missing)))
			.withPropertyValues(properties)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				then.accept((ApplicationContext) context);
			});
	}

	/**
	 * Boot's own are not listed if their jar is missing, and ours are left out before
	 * they are looked at if the index that is made at build time names a missing class.
	 */
	private static Class<?>[] allOf(Set<Missing> missing) {
		List<String> hidden = missing.stream().flatMap((each) -> Stream.of(each.packages)).toList();
		Properties index = index();
		Stream<Class<?>> boots = BOOTS.stream().filter((type) -> !isHidden(type.getName(), hidden));
		Stream<Class<?>> ours = ours().stream()
			.filter((name) -> Stream.of(index.getProperty(name + ".ConditionalOnClass", "").split(","))
				.noneMatch((needed) -> isHidden(needed, hidden)))
			.map(ConditionsTests::load);
		return Stream.concat(boots, ours).toArray(Class<?>[]::new);
	}

	private static boolean isHidden(String name, List<String> hidden) {
		return hidden.stream().anyMatch(name::startsWith);
	}

	private static Properties index() {
		try {
			return PropertiesLoaderUtils.loadAllProperties("META-INF/spring-autoconfigure-metadata.properties");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> ours() {
		return StreamSupport
			.stream(ImportCandidates.load(AutoConfiguration.class, ConditionsTests.class.getClassLoader())
				.spliterator(), false)
			.filter((name) -> name.startsWith(OWN))
			.toList();
	}

	private static List<String> annotated() throws IOException, URISyntaxException {
		Path classes = Path
			.of(Http2TransportAutoConfiguration.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		try (Stream<Path> files = Files.walk(classes)) {
			return files.filter((file) -> file.toString().endsWith("AutoConfiguration.class"))
				.map((file) -> classes.relativize(file).toString().replace('/', '.').replace(".class", ""))
				.filter((name) -> load(name).isAnnotationPresent(AutoConfiguration.class))
				.toList();
		}
	}

	private static Class<?> load(String name) {
		try {
			return Class.forName(name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
