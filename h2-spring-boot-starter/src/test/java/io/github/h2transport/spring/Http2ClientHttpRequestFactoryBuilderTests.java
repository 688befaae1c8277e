package io.github.h2transport.spring;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.CallOptions;
import io.github.h2transport.TlsOptions;
import org.junit.jupiter.api.Test;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;

class Http2ClientHttpRequestFactoryBuilderTests {

	private final Http2ClientHttpRequestFactoryBuilder builder = Http2ClientHttpRequestFactoryBuilder
		.of(new FakeExchange(), new SharedIdentities());

	@Test
	void withoutSettingsEverythingIsLeftToTheTransport() {
		Http2ClientHttpRequestFactory factory = this.builder.build();

		CallOptions options = factory.getCallOptions();
		assertThat(options.connectTimeout()).isNull();
		assertThat(options.responseTimeout()).isNull();
		assertThat(options.readTimeout()).isNull();
		assertThat(options.tls()).isNull();
		assertThat(options.addressFilter()).isNull();
		assertThat(factory.isFollowRedirects()).isTrue();
	}

	@Test
	void theReadTimeoutReplacesBothTheResponseAndTheReadTimeout() {
		CallOptions options = options(
				HttpClientSettings.defaults().withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(7)));

		assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(options.responseTimeout()).isEqualTo(Duration.ofSeconds(7));
		assertThat(options.readTimeout()).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void oneSslBundleIsOneTlsIdentityForAllBuilders() {
		SslBundle bundle = SslBundle.systemDefault();
		HttpClientSettings settings = HttpClientSettings.ofSslBundle(bundle);

		TlsOptions first = options(settings).tls();
		TlsOptions second = this.builder.withCustomizer((factory) -> {
		}).build(settings.withReadTimeout(Duration.ofSeconds(1))).getCallOptions().tls();
		TlsOptions other = options(HttpClientSettings.ofSslBundle(SslBundle.systemDefault())).tls();

		assertThat(first).isNotNull().isSameAs(second).isNotSameAs(other);
	}

	@Test
	void protocolsAndCiphersOfTheBundleAreHonoured() {
		SslBundle bundle = SslBundle.of(SslStoreBundle.NONE, SslBundleKey.NONE,
				SslOptions.of(Set.of("TLS_AES_128_GCM_SHA256"), Set.of("TLSv1.3")));

		TlsOptions tls = options(HttpClientSettings.ofSslBundle(bundle)).tls();

		assertThat(tls).isNotNull();
		assertThat(tls.ciphers()).isEqualTo(List.of("TLS_AES_128_GCM_SHA256"));
		assertThat(tls.protocols()).isEqualTo(List.of("TLSv1.3"));
	}

	@Test
	void oneAddressFilterIsOneFilterForAllBuilders() throws Exception {
		InetAddressFilter noLoopback = (address) -> !address.isLoopbackAddress();
		HttpClientSettings settings = HttpClientSettings.defaults().withInetAddressFilter(noLoopback);

		AddressFilter filter = options(settings).addressFilter();

		assertThat(filter).isNotNull().isSameAs(options(settings).addressFilter());
		assertThat(filter.accepts("a.example", InetAddress.getByName("127.0.0.1"))).isFalse();
		assertThat(filter.accepts("a.example", InetAddress.getByName("192.0.2.1"))).isTrue();
	}

	@Test
	void redirectsAreFollowedUnlessTheSettingsForbidIt() {
		assertThat(follows(null)).isTrue();
		assertThat(follows(HttpRedirects.FOLLOW_WHEN_POSSIBLE)).isTrue();
		assertThat(follows(HttpRedirects.FOLLOW)).isTrue();
		assertThat(follows(HttpRedirects.DONT_FOLLOW)).isFalse();
	}

	@Test
	void cookiesAreKeptIfTheSettingsSaySoByEveryClientOnItsOwn() {
		CookieJar first = cookies(HttpCookieHandling.ENABLE);

		assertThat(first).isNotNull().isNotSameAs(cookies(HttpCookieHandling.ENABLE));
		assertThat(cookies(HttpCookieHandling.ENABLE_WHEN_POSSIBLE)).isNotNull();
		assertThat(cookies(HttpCookieHandling.DISABLE)).isNull();
		assertThat(this.builder.build().getCookieJar()).as("as with the JDK's client").isNull();
	}

	@Test
	void gzipIsAskedForUnlessTheBuilderSaysNo() {
		assertThat(this.builder.build().isCompression()).isTrue();
		assertThat(this.builder.withCompression(false).build().isCompression()).isFalse();
	}

	@Test
	void everyWithMethodMakesANewBuilder() {
		Http2ClientHttpRequestFactoryBuilder changed = this.builder
			.withCallOptions((options) -> options.exchangeTimeout(Duration.ofMinutes(1)))
			.with((b) -> b.withCustomizer((factory) -> factory.setFollowRedirects(false)));

		assertThat(this.builder.build().getCallOptions().exchangeTimeout()).isNull();
		assertThat(this.builder.build().isFollowRedirects()).isTrue();
		assertThat(changed.build().getCallOptions().exchangeTimeout()).isEqualTo(Duration.ofMinutes(1));
		assertThat(changed.build().isFollowRedirects()).isFalse();
	}

	private CallOptions options(HttpClientSettings settings) {
		return this.builder.build(settings).getCallOptions();
	}

	private CookieJar cookies(HttpCookieHandling handling) {
		return this.builder.build(HttpClientSettings.defaults().withCookieHandling(handling)).getCookieJar();
	}

	private boolean follows(HttpRedirects redirects) {
		return this.builder.build(HttpClientSettings.defaults().withRedirects(redirects)).isFollowRedirects();
	}

}
