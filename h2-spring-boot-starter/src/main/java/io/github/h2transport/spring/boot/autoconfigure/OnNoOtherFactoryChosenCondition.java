package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches unless the application chose one of Spring Boot's own blocking clients.
 */
class OnNoOtherFactoryChosenCondition extends SpringBootCondition {

	static final String PROPERTY = "spring.http.clients.imperative.factory";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("HTTP/2 request factory");
		String chosen = context.getEnvironment().getProperty(PROPERTY);
		// Spring Boot binds an empty value to "not set".
		return StringUtils.hasText(chosen)
				? ConditionOutcome.noMatch(message.because(PROPERTY + " chooses '" + chosen + "'"))
				: ConditionOutcome.match(message.because(PROPERTY + " is not set"));
	}

}
