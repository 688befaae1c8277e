package io.github.h2transport.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a native image must be told of the starter. That an application runs from what is
 * generated, the tests of the sample application show.
 */
class AheadOfTimeTests {

	@Test
	void propertiesAreBoundByTheirConstructors() {
		process((hints) -> {
			for (Class<?> type : List.of(Http2TransportProperties.class, Http2TransportProperties.Pool.class)) {
				assertThat(
						RuntimeHintsPredicates.reflection().onConstructorInvocation(type.getDeclaredConstructors()[0]))
					.accepts(hints);
			}
		});
	}

	@Test
	void theEndpointIsInvokedAndItsAnswerIsSerialized() {
		process((hints) -> {
			for (var operation : H2PoolEndpoint.class.getDeclaredMethods()) {
				if (operation.getAnnotations().length != 0) {
					assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(operation)).accepts(hints);
				}
			}
			List<Class<?>> answers = new ArrayList<>(
					List.of(H2PoolDescriptor.class, DiagnosisDescriptor.class, DrainDescriptor.class));
			answers.addAll(List.of(H2PoolDescriptor.class.getDeclaredClasses()));
			answers.addAll(List.of(DiagnosisDescriptor.class.getDeclaredClasses()));
			for (Class<?> type : answers) {
				if (!type.isRecord()) {
					continue;
				}
				for (var component : type.getRecordComponents()) {
					assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
						.as(component.toString())
						.accepts(hints);
				}
			}
		});
	}

	@Test
	void noTransportIsMadeAtBuildTime() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();

		process((hints) -> assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> !before.contains(thread))
			.extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("h2-")));
	}

	private static void process(Consumer<RuntimeHints> then) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(Application.class);
			TestPropertyValues.of("management.endpoints.web.exposure.include=h2pool").applyTo(context);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get(AheadOfTimeTests.class)), new InMemoryGeneratedFiles());
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			then.accept(generation.getRuntimeHints());
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
