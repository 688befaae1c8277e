package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches unless the application chose one of Spring Boot's own clients.
 */
abstract class OnNoOtherClientChosenCondition extends SpringBootCondition {

	private final String property;

	OnNoOtherClientChosenCondition(String property) {
		this.property = property;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("HTTP/2 client");
		String chosen = context.getEnvironment().getProperty(this.property);
		// Spring Boot binds an empty value to "not set".
		return StringUtils.hasText(chosen)
				? ConditionOutcome.noMatch(message.because(this.property + " chooses '" + chosen + "'"))
				: ConditionOutcome.match(message.because(this.property + " is not set"));
	}

	/** For blocking clients. */
	static class Imperative extends OnNoOtherClientChosenCondition {

		static final String PROPERTY = "spring.http.clients.imperative.factory";

		Imperative() {
			super(PROPERTY);
		}

	}

	/** For reactive clients. */
	static class Reactive extends OnNoOtherClientChosenCondition {

		static final String PROPERTY = "spring.http.clients.reactive.connector";

		Reactive() {
			super(PROPERTY);
		}

	}

}
