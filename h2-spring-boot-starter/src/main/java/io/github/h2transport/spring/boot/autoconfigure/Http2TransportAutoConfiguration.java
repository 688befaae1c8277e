package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.github.h2transport.TransportListener;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.pool.ClientConnPool;
import io.github.h2transport.spring.Http1Origins;
import io.github.h2transport.spring.Http1Origins.Http1Origin;
import io.github.h2transport.spring.SharedHttp2Transport;
import io.github.h2transport.spring.SharedIdentities;
import io.github.h2transport.transport.Http2Transport;
import io.github.h2transport.transport.TransportSnapshot;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Auto-configuration of the one HTTP/2 transport that all clients of an application
 * share. A {@link ClientConnPool.Factory} bean replaces its pool,
 * {@link TransportListener} beans hear what happens, in their order,
 * {@link TransportOptionsCustomizer} and {@link Http2TransportBuilderCustomizer} beans
 * change the rest. An {@link Http2Transport} bean of the application is used instead; its
 * life is then the application's affair.
 */
@AutoConfiguration
@ConditionalOnClass(name = BootVersionAutoConfiguration.CLASS_SINCE_4_1)
@ConditionalOnBooleanProperty(name = "h2.transport.enabled", matchIfMissing = true)
@EnableConfigurationProperties(Http2TransportProperties.class)
public final class Http2TransportAutoConfiguration {

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30); // Boot's

	/** Ended by {@link TransportEnd}. */
	@Bean(destroyMethod = "")
	@ConditionalOnMissingBean({ SharedHttp2Transport.class, Http2Transport.class })
	SharedHttp2Transport sharedHttp2Transport(Http2TransportProperties properties,
			ObjectProvider<TransportOptionsCustomizer> optionsCustomizers,
			ObjectProvider<Http2TransportBuilderCustomizer> builderCustomizers,
			ObjectProvider<ClientConnPool.Factory> pool, ObjectProvider<TransportListener> listeners,
			ResourceLoader resourceLoader, Environment environment, TransportEnd end) {
		EventLoopThreads threads = new EventLoopThreads(resourceLoader.getClassLoader());
		TransportOptions customized = properties.toTransportOptions(
				(options) -> optionsCustomizers.orderedStream().forEach((customizer) -> customizer.customize(options)));
		return end.of(new SharedHttp2Transport(customized, (options) -> {
			Http2Transport.Builder builder = Http2Transport.builder()
				.options(options)
				.threadFactory(threads)
				.listeners(listeners.orderedStream().toList());
			pool.ifAvailable(builder::connPool);
			builderCustomizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			return builder.build();
		}, shutdownTimeout(properties.getShutdownTimeout(), environment)));
	}

	/** Of the shared transport only: the options of another one are its maker's. */
	@Bean
	@ConditionalOnBean(name = "sharedHttp2Transport", value = SharedHttp2Transport.class)
	ChangedPropertiesListener http2ChangedPropertiesListener(Environment environment, SharedHttp2Transport transport,
			ObjectProvider<TransportOptionsCustomizer> customizers) {
		return new ChangedPropertiesListener(environment, transport,
				(options) -> customizers.orderedStream().forEach((customizer) -> customizer.customize(options)));
	}

	@Bean
	static TransportEnd http2TransportEnd() {
		return new TransportEnd();
	}

	/**
	 * The transport for whoever wants to call it directly. Not a singleton, because a
	 * context that is stopped and started again gets a new one.
	 */
	@Bean(destroyMethod = "")
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnBean(SharedHttp2Transport.class)
	@ConditionalOnMissingBean
	Http2Transport http2Transport(SharedHttp2Transport shared) {
		return shared.get();
	}

	/** One memory for all clients, so that what one found out helps the others. */
	@Bean
	@ConditionalOnMissingBean
	Http1Origins http1Origins(Http2TransportProperties properties) {
		return new Http1Origins(properties.getFallback(), properties.fallbacks());
	}

	/** What keeps apart, or lets share, the connections of clients of all kinds. */
	@Bean
	@ConditionalOnMissingBean
	SharedIdentities sharedIdentities(ObjectProvider<SslBundles> sslBundles,
			ObjectProvider<SharedHttp2Transport> shared, ObjectProvider<Http2Transport> transport) {
		return new SharedIdentities(sslBundles.getIfAvailable(), (replaced) -> {
			SharedHttp2Transport own = shared.getIfAvailable();
			if (own != null) {
				own.retire(replaced);
			}
			else {
				transport.ifAvailable((given) -> given.retire(replaced));
			}
		});
	}

	/** The shared one is made on first use; one of the application is there already. */
	static Supplier<Http2Transport> source(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport) {
		SharedHttp2Transport own = shared.getIfAvailable();
		if (own != null) {
			return own;
		}
		Http2Transport given = transport.getObject();
		return () -> given;
	}

	/** The options of the one or the other, without making a transport. */
	static TransportOptions options(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport) {
		SharedHttp2Transport own = shared.getIfAvailable();
		return (own != null) ? own.options() : transport.getObject().options();
	}

	/** What the one or the other looks like, without making a transport. */
	static Supplier<TransportSnapshot> snapshots(ObjectProvider<SharedHttp2Transport> shared,
			ObjectProvider<Http2Transport> transport) {
		SharedHttp2Transport own = shared.getIfAvailable();
		return (own != null) ? own::snapshot : transport.getObject()::snapshot;
	}

	/**
	 * Who is called over HTTP/1.1; nothing is known of that if only a transport of the
	 * application is there.
	 */
	static Supplier<List<Http1Origin>> http1(ObjectProvider<Http1Origins> origins) {
		Http1Origins known = origins.getIfAvailable();
		return (known != null) ? known::snapshot : List::of;
	}

	/** Spring gives up waiting after its own limit, so a longer one would only be cut. */
	private static Duration shutdownTimeout(Duration own, Environment environment) {
		Duration phaseTimeout = Binder.get(environment)
			.bind(PHASE_TIMEOUT, Duration.class)
			.orElse(DEFAULT_PHASE_TIMEOUT);
		return (own.compareTo(phaseTimeout) <= 0) ? own : phaseTimeout;
	}

}
