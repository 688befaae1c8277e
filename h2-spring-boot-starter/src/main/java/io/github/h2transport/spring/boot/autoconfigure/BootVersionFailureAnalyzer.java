package io.github.h2transport.spring.boot.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Shows what is wrong with a Spring Boot that is too old or incomplete, without a stack
 * trace. Like the auto-configuration it belongs to, it names nothing that an older
 * version does not have.
 */
@Order(0) // nobody else knows this exception
final class BootVersionFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedBootException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedBootException cause) {
		return new FailureAnalysis(cause.problem(), cause.action(), cause);
	}

}
