package io.github.h2transport.spring;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Phase;
import io.github.h2transport.PoolException;
import io.github.h2transport.StreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class ExceptionTranslatorTests {

	static Stream<Arguments> translations() {
		return Stream.of(arguments(timeout(Phase.RESOLVE), HttpConnectTimeoutException.class),
				arguments(timeout(Phase.CONNECT), HttpConnectTimeoutException.class),
				arguments(timeout(Phase.TLS), HttpConnectTimeoutException.class),
				arguments(timeout(Phase.PREFACE), HttpConnectTimeoutException.class),
				arguments(timeout(Phase.POOL), HttpTimeoutException.class),
				arguments(timeout(Phase.REQUEST_BODY), HttpTimeoutException.class),
				arguments(timeout(Phase.RESPONSE_HEAD), HttpTimeoutException.class),
				arguments(timeout(Phase.RESPONSE_BODY), HttpTimeoutException.class),
				arguments(none(PoolException.Reason.ACQUIRE_TIMEOUT), HttpTimeoutException.class),
				arguments(connectFailed(Phase.RESOLVE), UnknownHostException.class),
				arguments(connectFailed(Phase.CONNECT), ConnectException.class),
				arguments(connectFailed(Phase.TLS), SSLHandshakeException.class));
	}

	@ParameterizedTest
	@MethodSource("translations")
	void aFailureWithAJdkTypeKeepsItsMessageAndBecomesTheCause(Http2Exception failure, Class<?> type) {
		IOException translated = ExceptionTranslator.translate(failure);

		assertThat(translated).isExactlyInstanceOf(type).hasMessage("m").hasCause(failure);
	}

	static Stream<Http2Exception> unchanged() {
		FailureContext context = context(Initiator.PEER, Phase.RESPONSE_HEAD);
		return Stream.of(connectFailed(Phase.PREFACE), new ConnectionException("m", null, context),
				new StreamException("m", null, context), new CallCancelledException("m", null, context),
				new InvalidRequestException("m", null, context(Initiator.CALLER, Phase.VALIDATE)),
				none(PoolException.Reason.CLOSED), none(PoolException.Reason.QUEUE_FULL));
	}

	private static PoolException none(PoolException.Reason reason) {
		return PoolException.of(reason, "m", null, context(Initiator.LIBRARY, Phase.POOL));
	}

	@ParameterizedTest
	@MethodSource("unchanged")
	void aFailureWithoutAJdkTypeStaysAsItIs(Http2Exception failure) {
		assertThat(ExceptionTranslator.translate(failure)).isSameAs(failure);
	}

	@Test
	void aFailureWhileReadingTheBodyIsTranslatedToo() {
		Http2Exception failure = timeout(Phase.RESPONSE_BODY);
		InputStream body = new TranslatingInputStream(new FailingStream(failure));

		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(body::read).withCause(failure);
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> body.read(new byte[8], 0, 8))
			.withCause(failure);
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(body::readAllBytes).withCause(failure);
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> body.skip(1)).withCause(failure);
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(body::available).withCause(failure);
		assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(body::close).withCause(failure);
	}

	private static Http2TimeoutException timeout(Phase phase) {
		return new Http2TimeoutException("m", null, context(Initiator.LIBRARY, phase));
	}

	private static ConnectFailedException connectFailed(Phase phase) {
		return new ConnectFailedException("m", null, context(Initiator.PEER, phase));
	}

	private static FailureContext context(Initiator initiator, Phase phase) {
		return FailureContext.of(initiator, phase);
	}

	private static final class FailingStream extends InputStream {

		private final IOException failure;

		private FailingStream(IOException failure) {
			this.failure = failure;
		}

		@Override
		public int read() throws IOException {
			throw this.failure;
		}

		@Override
		public long skip(long count) throws IOException {
			throw this.failure;
		}

		@Override
		public int available() throws IOException {
			throw this.failure;
		}

		@Override
		public void close() throws IOException {
			throw this.failure;
		}

	}

}
