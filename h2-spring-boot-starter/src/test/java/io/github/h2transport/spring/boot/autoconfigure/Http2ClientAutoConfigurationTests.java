package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;

import io.github.h2transport.TransportOptions;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.pool.DefaultClientConnPool;
import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import io.github.h2transport.spring.Http2ClientHttpRequestFactoryBuilder;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.NonBlocking;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class Http2ClientAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(
			BootVersionAutoConfiguration.class, Http2TransportAutoConfiguration.class,
			Http2ImperativeClientAutoConfiguration.class, Http2StartupLineAutoConfiguration.class,
			SslAutoConfiguration.class, HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
			HttpServiceClientPropertiesAutoConfiguration.class, HttpServiceClientAutoConfiguration.class,
			RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class);

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
	void everyKindOfApplicationGetsTheBuilderAndTheFactory(Kind kind) {
		kind.runner().run((context) -> {
			ApplicationContext beans = (ApplicationContext) context;
			assertThat(beans.getBeansOfType(ClientHttpRequestFactoryBuilder.class).values()).singleElement()
				.isInstanceOf(Http2ClientHttpRequestFactoryBuilder.class);
			assertThat(beans.getBean(ClientHttpRequestFactory.class)).isInstanceOf(Http2ClientHttpRequestFactory.class);
			assertThat(factoryOf(beans.getBean(RestClient.Builder.class)))
				.isInstanceOf(Http2ClientHttpRequestFactory.class);
			assertThat(beans.getBeansOfType(SharedHttp2Transport.class)).hasSize(1);
		});
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REACTIVE")
	void restTemplatesRunOnItWhereBootMakesTheirBuilder(Kind kind) {
		kind.runner().run((context) -> {
			RestTemplateBuilder builder = ((ApplicationContext) context).getBean(RestTemplateBuilder.class);
			assertThat(builder.build().getRequestFactory()).isInstanceOf(Http2ClientHttpRequestFactory.class);
		});
	}

	@Test
	void theSettingsOfBootReachTheFactory() {
		this.runner
			.withPropertyValues("spring.http.clients.connect-timeout=3s", "spring.http.clients.read-timeout=7s",
					"spring.http.clients.redirects=dont-follow", "h2.transport.connect-timeout=9s")
			.run((context) -> {
				Http2ClientHttpRequestFactory factory = (Http2ClientHttpRequestFactory) context
					.getBean(ClientHttpRequestFactory.class);
				assertThat(factory.getCallOptions().connectTimeout()).as("Boot's wins")
					.isEqualTo(Duration.ofSeconds(3));
				assertThat(factory.getCallOptions().responseTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(factory.getCallOptions().readTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(factory.isFollowRedirects()).isFalse();
			});
	}

	@ParameterizedTest
	@EnumSource
	void bootsOwnClientIsBackIfOneIsChosen(Kind kind) {
		kind.runner().withPropertyValues("spring.http.clients.imperative.factory=jdk").run((context) -> {
			assertThat(context).doesNotHaveBean(Http2ClientHttpRequestFactoryBuilder.class);
			assertThat(factoryOf(((ApplicationContext) context).getBean(RestClient.Builder.class)))
				.isNotInstanceOf(Http2ClientHttpRequestFactory.class);
			if (kind != Kind.REACTIVE) {
				// In a reactive application Spring Boot does not look at the property.
				assertThat(((ApplicationContext) context).getBean(ClientHttpRequestFactory.class))
					.isInstanceOf(JdkClientHttpRequestFactory.class);
			}
		});
	}

	@Test
	void anEmptyChoiceIsNoChoice() {
		this.runner.withPropertyValues("spring.http.clients.imperative.factory=")
			.run((context) -> assertThat(context).hasSingleBean(Http2ClientHttpRequestFactoryBuilder.class));
	}

	@Test
	void ourOwnNameIsNoOtherClientWhereBootDoesNotLookAtIt() {
		// In a reactive application Spring Boot does not bind the property, so that
		// nobody would tell that the name was wrong.
		Kind.REACTIVE.runner()
			.withPropertyValues("spring.http.clients.imperative.factory=h2")
			.run((context) -> assertThat(factoryOf(((ApplicationContext) context).getBean(RestClient.Builder.class)))
				.isInstanceOf(Http2ClientHttpRequestFactory.class));
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsLeftIfItIsDisabled(Kind kind) {
		kind.runner().withPropertyValues("h2.transport.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(Http2ClientHttpRequestFactoryBuilder.class);
			assertThat(context).doesNotHaveBean(SharedHttp2Transport.class);
			assertThat(context).doesNotHaveBean(Http2Transport.class);
			assertThat(context).doesNotHaveBean(Http2TransportProperties.class);
			assertThat(factoryOf(((ApplicationContext) context).getBean(RestClient.Builder.class)))
				.isNotInstanceOf(Http2ClientHttpRequestFactory.class);
		});
	}

	@ParameterizedTest
	@EnumSource
	void aBuilderOfTheApplicationWins(Kind kind) {
		kind.runner().withUserConfiguration(OwnBuilder.class).run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpRequestFactoryBuilder.class);
			assertThat(context).hasSingleBean(JdkClientHttpRequestFactoryBuilder.class);
		});
	}

	@Test
	void customizersOfOurBuilderAreAppliedInOrderAndOthersAreLeftOut() {
		this.runner.withUserConfiguration(Customizers.class).run((context) -> {
			Http2ClientHttpRequestFactory factory = (Http2ClientHttpRequestFactory) context
				.getBean(ClientHttpRequestFactory.class);
			assertThat(factory.getCallOptions().exchangeTimeout()).isEqualTo(Duration.ofMinutes(2));
			assertThat(factory.isFollowRedirects()).isFalse();
		});
	}

	@Test
	void aTransportOfTheApplicationIsUsedAndLeftAlone() {
		this.runner.withUserConfiguration(OwnTransport.class).run((context) -> {
			assertThat(context).hasSingleBean(Http2Transport.class);
			assertThat(context).doesNotHaveBean(SharedHttp2Transport.class);
			assertThat(context).hasSingleBean(Http2ClientHttpRequestFactoryBuilder.class);
		});
	}

	@Test
	void theTransportBeanIsTheSharedOne() {
		this.runner.run((context) -> assertThat(context.getBean(Http2Transport.class))
			.isSameAs(context.getBean(Http2Transport.class))
			.isSameAs(context.getBean(SharedHttp2Transport.class).get()));
	}

	@Test
	void propertiesReachTheTransport() {
		this.runner
			.withPropertyValues("h2.transport.allow-http=true", "h2.transport.single-use=true",
					"h2.transport.idle-timeout=0", "h2.transport.connect-timeout=4s",
					"h2.transport.strict-max-concurrent-streams=true", "h2.transport.pool.max-connections=2",
					"h2.transport.pool.acquire-timeout=500ms")
			.run((context) -> {
				var options = context.getBean(Http2Transport.class).options();
				assertThat(options.allowHttp()).isTrue();
				assertThat(options.singleUse()).isTrue();
				assertThat(options.idleTimeout()).isZero();
				assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(4));
				assertThat(options.strictMaxConcurrentStreams()).isTrue();
				assertThat(options.maxConnections()).isEqualTo(2);
				assertThat(options.acquireTimeout()).isEqualTo(Duration.ofMillis(500));
			});
	}

	@Test
	void oneLineAtStartSaysWhatRunsOnHttp2AndHowToSwitchBack(CapturedOutput output) {
		new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withUserConfiguration(ServiceGroup.class)
			.run((context) -> assertThat(output.getOut().lines().filter((line) -> line.contains("h2-transport")))
				.singleElement()
				.asString()
				.contains("INFO", "RestClient.Builder, RestTemplateBuilder, HTTP service groups",
						"https:// servers without it are called over HTTP/1.1", "http:// URLs are called over HTTP/1.1",
						"spring.http.clients.imperative.factory", "h2.transport.enabled=false"));
	}

	@Test
	void theLineNamesOnlyWhatIsThere(CapturedOutput output) {
		new ReactiveWebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues("h2.transport.allow-http=true")
			.run((context) -> assertThat(output).contains("RestClient.Builder, ClientHttpRequestFactory run on HTTP/2")
				.contains("called with prior knowledge")
				.doesNotContain("RestTemplateBuilder,")
				.doesNotContain("HTTP service groups"));
	}

	@Test
	void theLineSaysWhatTheFallbackDoes(CapturedOutput output) {
		this.runner.withPropertyValues("h2.transport.fallback=tls")
			.run((context) -> assertThat(output)
				.contains("http:// URLs are refused, see h2.transport.allow-http and h2.transport.fallback"));
		this.runner.withPropertyValues("h2.transport.fallback=none")
			.run((context) -> assertThat(output).contains("https:// servers without it are refused"));
	}

	@Test
	void aPoolOfTheApplicationReplacesTheDefaultOne() {
		this.runner.withUserConfiguration(OwnPool.class).run((context) -> {
			assertThat(OwnPool.made).isZero();
			context.getBean(Http2Transport.class);
			assertThat(OwnPool.made).isOne();
		});
	}

	@Test
	void loopThreadsAreDaemonsThatReactorDoesNotLetBlock() {
		Thread withReactor = newThread(new EventLoopThreads(getClass().getClassLoader()));
		Thread without = newThread(new EventLoopThreads(new FilteredClassLoader("reactor.core")));

		assertThat(withReactor).isInstanceOf(NonBlocking.class);
		assertThat(withReactor.isDaemon()).isTrue();
		assertThat(withReactor.getName()).isEqualTo("h2-loop-1");
		assertThat(without).isNotInstanceOf(NonBlocking.class);
		assertThat(without.isDaemon()).isTrue();
	}

	private static Thread newThread(ThreadFactory factory) {
		return factory.newThread(() -> {
		});
	}

	private static Object factoryOf(RestClient.Builder builder) {
		Object factory = ReflectionTestUtils.getField(builder, "requestFactory");
		assertThat(factory).isNotNull();
		return factory;
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilder {

		@Bean
		ClientHttpRequestFactoryBuilder<?> ownBuilder() {
			return ClientHttpRequestFactoryBuilder.jdk();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnTransport {

		@Bean
		Http2Transport ownTransport() {
			return Http2Transport.builder().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPool {

		static int made;

		@Bean
		ClientConnPool.Factory ownPool() {
			made = 0;
			return (dialer) -> {
				made++;
				return new DefaultClientConnPool(dialer, TransportOptions.defaults());
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<Http2ClientHttpRequestFactoryBuilder> timeouts() {
			return (builder) -> builder.withCallOptions((options) -> options.exchangeTimeout(Duration.ofMinutes(2)));
		}

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<Http2ClientHttpRequestFactoryBuilder> redirects() {
			return (builder) -> builder.withCustomizer((factory) -> factory.setFollowRedirects(false));
		}

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<JdkClientHttpRequestFactoryBuilder> otherClient() {
			return new ClientHttpRequestFactoryBuilderCustomizer<>() {

				@Override
				public JdkClientHttpRequestFactoryBuilder customize(JdkClientHttpRequestFactoryBuilder builder) {
					throw new AssertionError("not for this builder");
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "greetings", types = Greetings.class)
	static class ServiceGroup {

	}

	@HttpExchange("https://a.example")
	interface Greetings {

		@GetExchange("/hello")
		String hello();

	}

}
