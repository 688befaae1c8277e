package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;

import io.github.h2transport.spring.Http2ClientHttpConnector;
import io.github.h2transport.spring.Http2ClientHttpConnectorBuilder;
import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class Http2ReactiveClientAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(
			BootVersionAutoConfiguration.class, Http2TransportAutoConfiguration.class,
			Http2ImperativeClientAutoConfiguration.class, Http2ReactiveClientAutoConfiguration.class,
			Http2ServiceGroupAutoConfiguration.class, Http2StartupLineAutoConfiguration.class,
			SslAutoConfiguration.class, HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
			ReactiveHttpClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
			RestClientAutoConfiguration.class, WebClientAutoConfiguration.class,
			ReactiveHttpServiceClientAutoConfiguration.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	enum Kind {

		NONE, SERVLET, REACTIVE;

		AbstractApplicationContextRunner<?, ?, ?> runner() {
			return switch (this) {
				case NONE -> new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS);
				case SERVLET -> new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS);
				case REACTIVE -> new ReactiveWebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS);
			};
		}

	}

	@ParameterizedTest
	@EnumSource
	void everyKindOfApplicationGetsTheBuilderAndTheConnector(Kind kind) {
		kind.runner().run((context) -> {
			ApplicationContext beans = (ApplicationContext) context;
			assertThat(beans.getBeansOfType(ClientHttpConnectorBuilder.class).values()).singleElement()
				.isInstanceOf(Http2ClientHttpConnectorBuilder.class);
			assertThat(beans.getBean(ClientHttpConnector.class)).isInstanceOf(Http2ClientHttpConnector.class);
			assertThat(connectorOf(beans.getBean(WebClient.Builder.class)))
				.isInstanceOf(Http2ClientHttpConnector.class);
		});
	}

	@Test
	void serviceGroupsKeepTheirSettings() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(Http2ServiceGroupSettings.class));
	}

	@Test
	void theSettingsOfBootReachTheConnector() {
		this.runner
			.withPropertyValues("spring.http.clients.connect-timeout=3s", "spring.http.clients.read-timeout=7s",
					"spring.http.clients.redirects=dont-follow")
			.run((context) -> {
				Http2ClientHttpConnector connector = (Http2ClientHttpConnector) context
					.getBean(ClientHttpConnector.class);
				assertThat(connector.getCallOptions().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(connector.getCallOptions().responseTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(connector.getCallOptions().readTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(connector.isFollowRedirects()).isFalse();
			});
	}

	@Test
	void oneSslBundleIsOneIdentityForBlockingAndReactiveClients() {
		this.runner
			.withPropertyValues("spring.ssl.bundle.jks.own.options.enabled-protocols=TLSv1.3",
					"spring.http.clients.ssl.bundle=own")
			.run((context) -> {
				var blocking = (Http2ClientHttpRequestFactory) context.getBean(ClientHttpRequestFactory.class);
				var reactive = (Http2ClientHttpConnector) context.getBean(ClientHttpConnector.class);
				assertThat(reactive.getCallOptions().tls()).isNotNull().isSameAs(blocking.getCallOptions().tls());
			});
	}

	@ParameterizedTest
	@EnumSource
	void bootsOwnConnectorIsBackIfOneIsChosenAndBlockingClientsStay(Kind kind) {
		kind.runner().withPropertyValues("spring.http.clients.reactive.connector=jdk").run((context) -> {
			ApplicationContext beans = (ApplicationContext) context;
			assertThat(context).doesNotHaveBean(Http2ClientHttpConnectorBuilder.class);
			assertThat(connectorOf(beans.getBean(WebClient.Builder.class))).isInstanceOf(JdkClientHttpConnector.class);
			assertThat(beans.getBean(ClientHttpRequestFactory.class)).isInstanceOf(Http2ClientHttpRequestFactory.class);
		});
	}

	@Test
	void nothingIsLeftIfItIsDisabled() {
		this.runner.withPropertyValues("h2.transport.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(Http2ClientHttpConnectorBuilder.class);
			assertThat(context).doesNotHaveBean(Http2ServiceGroupSettings.class);
		});
	}

	@Test
	void aBuilderOfTheApplicationWins() {
		this.runner.withUserConfiguration(OwnBuilder.class).run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpConnectorBuilder.class);
			assertThat(context).hasSingleBean(JdkClientHttpConnectorBuilder.class);
			assertThat(context).doesNotHaveBean(Http2ServiceGroupSettings.class);
		});
	}

	@Test
	void customizersOfOurBuilderAreAppliedAndOthersAreLeftOut() {
		this.runner.withUserConfiguration(Customizers.class).run((context) -> {
			var connector = (Http2ClientHttpConnector) context.getBean(ClientHttpConnector.class);
			assertThat(connector.getCallOptions().exchangeTimeout()).isEqualTo(Duration.ofMinutes(2));
			assertThat(connector.isFollowRedirects()).isFalse();
		});
	}

	@Test
	void aTransportOfTheApplicationIsUsed() {
		this.runner.withBean(Http2Transport.class, () -> Http2Transport.builder().build())
			.run((context) -> assertThat(context).hasSingleBean(Http2ClientHttpConnectorBuilder.class));
	}

	@Test
	void withoutReactorThereIsNoConnector() {
		this.runner.withClassLoader(new FilteredClassLoader("reactor", "org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("http2ClientHttpConnectorBuilder")
				.hasBean("http2ClientHttpRequestFactoryBuilder"));
	}

	@Test
	void withReactorAloneThereAreNoServiceGroups() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.web.reactive", "org.springframework.boot.webclient"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasBean("http2ClientHttpConnectorBuilder")
				.doesNotHaveBean(Http2ServiceGroupSettings.class));
	}

	@Test
	void theLineAtStartNamesTheWebClientAndItsSwitch(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output)
			.contains("RestClient.Builder, ClientHttpRequestFactory, WebClient.Builder")
			.contains("spring.http.clients.imperative.factory and spring.http.clients.reactive.connector"));
	}

	@Test
	void theLineNamesOnlyTheWebClientIfOnlyThatRunsOnHttp2(CapturedOutput output) {
		this.runner.withPropertyValues("spring.http.clients.imperative.factory=jdk")
			.run((context) -> assertThat(output).contains("WebClient.Builder, ClientHttpConnector run on HTTP/2")
				.contains("; RestClient.Builder, ClientHttpRequestFactory do not, for "));
	}

	private static Object connectorOf(WebClient.Builder builder) {
		Object connector = ReflectionTestUtils.getField(builder, "connector");
		assertThat(connector).isNotNull();
		return connector;
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilder {

		@Bean
		ClientHttpConnectorBuilder<?> ownBuilder() {
			return ClientHttpConnectorBuilder.jdk();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		ClientHttpConnectorBuilderCustomizer<Http2ClientHttpConnectorBuilder> timeouts() {
			return (builder) -> builder.withCallOptions((options) -> options.exchangeTimeout(Duration.ofMinutes(2)));
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<Http2ClientHttpConnectorBuilder> redirects() {
			return (builder) -> builder.withCustomizer((connector) -> connector.setFollowRedirects(false));
		}

		@Bean
		ClientHttpConnectorBuilderCustomizer<JdkClientHttpConnectorBuilder> otherClient() {
			return new ClientHttpConnectorBuilderCustomizer<>() {

				@Override
				public JdkClientHttpConnectorBuilder customize(JdkClientHttpConnectorBuilder builder) {
					throw new AssertionError("not for this builder");
				}

			};
		}

	}

}
