package io.github.h2transport.spring;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLContext;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Initiator;
import io.github.h2transport.InvalidRequestException;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class Http1OriginsTests {

	private static final TransportOptions DEFAULTS = TransportOptions.defaults();

	private static final TransportOptions H2C = TransportOptions.builder().allowHttp(true).build();

	private static final ConnectionKey SECURE = key("https://legacy.example", null);

	private static final ConnectionKey PLAIN = key("http://legacy.example", null);

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000); // soon wraps

	@Test
	void aServerWithoutHttp2IsRememberedForAWhile() {
		Http1Origins origins = origins(Http1Fallback.TLS);
		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).isFalse();

		assertThat(origins.turnsToHttp1(SECURE, withoutHttp2())).isTrue();

		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).isTrue();
		advance(Http1Origins.MEMORY.minusNanos(1));
		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).isTrue();
		advance(Duration.ofNanos(1));
		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).as("HTTP/2 is tried again").isFalse();
		assertThat(origins.snapshot()).isEmpty();
	}

	@Test
	void otherFailuresChangeNothing() {
		Http1Origins origins = origins(Http1Fallback.ALL);
		Http2Exception refused = new ConnectFailedException("refused", null, at(Phase.CONNECT));

		assertThat(origins.turnsToHttp1(SECURE, refused)).isFalse();
		assertThat(origins.turnsToHttp1(SECURE, new ConnectFailedException("untrusted", null, at(Phase.TLS))))
			.isFalse();
		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).isFalse();
	}

	@Test
	void noneIsNone() {
		Http1Origins origins = origins(Http1Fallback.NONE);

		assertThat(origins.turnsToHttp1(SECURE, withoutHttp2())).isFalse();
		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).isFalse();
		assertThat(origins.usesHttp1(PLAIN, DEFAULTS)).isFalse();
		assertThat(origins.snapshot()).isEmpty();
	}

	@Test
	void oneTlsIdentityKnowsNothingOfTheOther() throws Exception {
		Http1Origins origins = origins(Http1Fallback.TLS);
		ConnectionKey other = key("https://legacy.example", TlsOptions.of(SSLContext.getDefault()));

		origins.turnsToHttp1(other, withoutHttp2());

		assertThat(origins.usesHttp1(other, DEFAULTS)).isTrue();
		assertThat(origins.usesHttp1(SECURE, DEFAULTS)).isFalse();
	}

	@Test
	void cleartextGoesOverHttp1OnlyWithAllAndWithoutH2c() {
		assertThat(origins(Http1Fallback.TLS).usesHttp1(PLAIN, DEFAULTS)).isFalse();
		assertThat(origins(Http1Fallback.ALL).usesHttp1(PLAIN, DEFAULTS)).isTrue();
		assertThat(origins(Http1Fallback.ALL).usesHttp1(PLAIN, H2C)).isFalse();
	}

	@Test
	void theSnapshotSaysWhyAndForHowLong() {
		Http1Origins origins = origins(Http1Fallback.ALL);
		origins.turnsToHttp1(SECURE, withoutHttp2());
		advance(Duration.ofSeconds(10));
		origins.usesHttp1(SECURE, DEFAULTS);
		origins.usesHttp1(PLAIN, DEFAULTS);

		assertThat(origins.snapshot()).containsExactly(
				new Http1Origins.Http1Origin(SECURE, "no h2", Duration.ofSeconds(10), Duration.ofSeconds(290), 2),
				new Http1Origins.Http1Origin(PLAIN, "an http URL, and h2.transport.allow-http is false", Duration.ZERO,
						null, 1));
	}

	@Test
	void theMemoryIsBounded() {
		Http1Origins origins = origins(Http1Fallback.TLS);
		for (int i = 0; i < Http1Origins.MAX_ORIGINS + 10; i++) {
			assertThat(origins.turnsToHttp1(key("https://host" + i + ".example", null), withoutHttp2()))
				.as("served, remembered or not")
				.isTrue();
		}
		assertThat(origins.snapshot()).hasSize(Http1Origins.MAX_ORIGINS);

		advance(Http1Origins.MEMORY);
		origins.turnsToHttp1(SECURE, withoutHttp2());

		assertThat(origins.snapshot()).hasSize(1);
	}

	@Test
	void theRefusalOfAnHttpUrlNamesBothWaysOut() {
		Http1Origins origins = origins(Http1Fallback.TLS);
		Http2Exception refusal = new InvalidRequestException("Unsupported scheme http", null, at(Phase.VALIDATE));

		assertThat(origins.explain(PLAIN, refusal, DEFAULTS)).isInstanceOf(InvalidRequestException.class)
			.hasMessageContaining("h2.transport.allow-http=true")
			.hasMessageContaining("h2.transport.fallback=all")
			.hasMessageContaining("http://legacy.example:80");
		assertThat(origins.explain(SECURE, refusal, DEFAULTS)).isSameAs(refusal);
		assertThat(origins.explain(PLAIN, refusal, H2C)).isSameAs(refusal);
	}

	private Http1Origins origins(Http1Fallback fallback) {
		return new Http1Origins(fallback, this.now::get);
	}

	private void advance(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

	private static Http2Exception withoutHttp2() {
		return ConnectFailedException.withoutHttp2("no h2", new Exception("alpn"), at(Phase.TLS));
	}

	private static FailureContext at(Phase phase) {
		return FailureContext.of(Initiator.PEER, phase);
	}

	private static ConnectionKey key(String origin, @Nullable TlsOptions tls) {
		return new ConnectionKey(Origin.of(URI.create(origin)), tls, null);
	}

}
