package io.github.h2transport.spring.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Explains {@code spring.http.clients.imperative.factory=h2} and
 * {@code spring.http.clients.reactive.connector=h2}: those properties choose one of
 * Spring Boot's own clients, and its list of names is closed.
 */
@Order(0) // before Spring Boot's, which can only list its own names
final class OwnNameChosenFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		String name = cause.getName().toString();
		ConfigurationProperty property = cause.getProperty();
		String clients = clients(name);
		if (property == null || clients == null) {
			return null;
		}
		WrittenProperty written = WrittenProperty.of(property);
		if (!OnNoOtherClientChosenCondition.isOwnName(written.value())) {
			return null;
		}
		return new FailureAnalysis(
				"The configuration property '" + name + "' is '" + written.value() + "'" + written.from()
						+ ". It can only choose one of Spring Boot's own HTTP clients, and HTTP/2 is not among them.",
				"Remove '" + name + "': with h2-spring-boot-starter on the class path " + clients
						+ " over HTTP/2 by themselves. Set it only to switch back, for example to jdk.",
				cause);
	}

	private static @Nullable String clients(String property) {
		if (property.equals(OnNoOtherClientChosenCondition.Imperative.PROPERTY)) {
			return "RestClient, RestTemplate and HTTP service groups run";
		}
		return property.equals(OnNoOtherClientChosenCondition.Reactive.PROPERTY)
				? "WebClient and reactive HTTP service groups run" : null;
	}

}
