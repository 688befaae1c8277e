package io.github.h2transport.spring.matrix;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Runs a test, whose parameter is a {@link Cell}, with every client over every protocol
 * against every server that has a feature.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@ArgumentsSource(EachCell.Cells.class)
@Timeout(120)
@interface EachCell {

	/**
	 * Returns what the server must be able to do.
	 * @return a feature
	 */
	Feature value();

	/** Makes the cells. */
	class Cells implements ArgumentsProvider, AnnotationConsumer<EachCell> {

		private Feature feature = Feature.BODIES;

		@Override
		public void accept(EachCell annotation) {
			this.feature = annotation.value();
		}

		@Override
		public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters,
				ExtensionContext context) {
			Stage stage = Stage.of(context);
			return Stream.of(TestServer.values())
				.filter((server) -> server.has(this.feature))
				.flatMap((server) -> server.protocols()
					.stream()
					.flatMap((protocol) -> Stream.of(ClientKind.values())
						.map((client) -> Arguments.of(new Cell(server, protocol, client, stage)))));
		}

	}

}
