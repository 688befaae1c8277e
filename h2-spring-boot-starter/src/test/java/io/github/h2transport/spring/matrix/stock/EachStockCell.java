package io.github.h2transport.spring.matrix.stock;

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
 * Runs a test, whose parameter is a {@link StockCell}, against every server as it comes,
 * in cleartext and over TLS, with {@code RestClient} and {@code WebClient}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@ArgumentsSource(EachStockCell.Cells.class)
@Timeout(180)
@interface EachStockCell {

	/**
	 * Returns what the server must have.
	 * @return a feature
	 */
	StockFeature value();

	/** Makes the cells. */
	class Cells implements ArgumentsProvider, AnnotationConsumer<EachStockCell> {

		private StockFeature feature = StockFeature.GETS;

		@Override
		public void accept(EachStockCell annotation) {
			this.feature = annotation.value();
		}

		@Override
		public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters,
				ExtensionContext context) {
			StockStage stage = StockStage.of(context);
			return Stream.of(StockServer.values())
				.filter((server) -> server.has(this.feature))
				.flatMap((server) -> Stream.of(false, true)
					.flatMap((secure) -> Stream.of(StockClient.values())
						.map((client) -> Arguments.of(new StockCell(server, secure, client, stage)))));
		}

	}

}
