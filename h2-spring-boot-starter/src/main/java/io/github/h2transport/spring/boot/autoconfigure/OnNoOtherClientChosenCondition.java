package io.github.h2transport.spring.boot.autoconfigure;

import java.util.Locale;
import java.util.Set;

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

	/** Without the separators that people put into them. */
	private static final Set<String> OWN_NAMES = Set.of("h2", "http2", "h2transport", "h2springbootstarter");

	private final String property;

	OnNoOtherClientChosenCondition(String property) {
		this.property = property;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("HTTP/2 client");
		String chosen = context.getEnvironment().getProperty(this.property);
		// Spring Boot binds an empty value to "not set".
		if (!StringUtils.hasText(chosen)) {
			return ConditionOutcome.match(message.because(this.property + " is not set"));
		}
		if (isOwnName(chosen)) {
			// Spring Boot refuses the name where it looks at the property, see
			// OwnNameChosenFailureAnalyzer. Where it does not, this is what is wanted.
			return ConditionOutcome.match(message.because(this.property + " names this client"));
		}
		return ConditionOutcome.noMatch(message.because(this.property + " chooses '" + chosen + "'"));
	}

	/**
	 * Tells whether somebody who writes this means the client of this starter.
	 * @param name a name of an HTTP client
	 * @return whether it is a name that suggests itself for this one
	 */
	static boolean isOwnName(String name) {
		return OWN_NAMES.contains(name.strip().toLowerCase(Locale.ROOT).replaceAll("[-_./ ]", ""));
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
