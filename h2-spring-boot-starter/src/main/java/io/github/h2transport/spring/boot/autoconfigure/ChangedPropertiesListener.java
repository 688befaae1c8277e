package io.github.h2transport.spring.boot.autoconfigure;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.github.h2transport.TransportOptions;
import io.github.h2transport.spring.SharedHttp2Transport;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Follows changes of {@code h2.transport.*} while the application runs, as Spring Cloud
 * tells of them, for example after {@code /actuator/refresh}: what can change does, the
 * rest and what is invalid is named in the log.
 */
final class ChangedPropertiesListener implements GenericApplicationListener {

	/** By name, since Spring Cloud need not be there. */
	static final String EVENT = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	private static final Log logger = LogFactory.getLog(ChangedPropertiesListener.class);

	/** As {@link #plain} writes them. */
	private static final Pattern AFTER_A_RESTART = Pattern
		.compile("(enabled|eventloops|compression|fallback|shutdowntimeout|proxy\\..*"
				+ "|(origins\\.[^.]+\\.)?(match.*|fallback|singleuse|pool\\.(minconnections|maxsingleuse|spreadaddresses"
				+ "|maxlifetime|dnsrefreshinterval)))");

	private final Environment environment;

	private final SharedHttp2Transport transport;

	private final Consumer<TransportOptions.Builder> customizers;

	/** Guarded by this. */
	private Map<String, String> known;

	ChangedPropertiesListener(Environment environment, SharedHttp2Transport transport,
			Consumer<TransportOptions.Builder> customizers) {
		this.environment = environment;
		this.transport = transport;
		this.customizers = customizers;
		this.known = values();
	}

	@Override
	public boolean supportsEventType(ResolvableType eventType) {
		Class<?> type = eventType.resolve();
		return type != null && type.getName().equals(EVENT);
	}

	@Override
	public synchronized void onApplicationEvent(ApplicationEvent event) {
		Map<String, String> now = values();
		SortedSet<String> changed = new TreeSet<>(now.keySet());
		changed.addAll(this.known.keySet());
		changed.removeIf((name) -> Objects.equals(now.get(name), this.known.get(name)));
		if (changed.isEmpty()) {
			return;
		}
		try {
			Http2TransportProperties properties = Binder.get(this.environment)
				.bindOrCreate(Http2TransportProperties.PREFIX, Http2TransportProperties.class);
			this.transport.options(properties.toTransportOptions((options) -> {
				// The fallback would keep the old one.
				options.proxy(this.transport.options().proxy());
				this.customizers.accept(options);
			}));
		}
		catch (BindException | InvalidConfigurationPropertyValueException ex) {
			logger.warn("Changed properties of " + Http2TransportProperties.PREFIX
					+ " are invalid, so nothing was changed: " + words(ex));
			return;
		}
		this.known = now;
		SortedSet<String> later = new TreeSet<>(changed);
		later.removeIf((name) -> !AFTER_A_RESTART.matcher(plain(name)).matches());
		changed.removeAll(later);
		if (!changed.isEmpty()) {
			logger.info("Changed while running: " + full(changed));
		}
		if (!later.isEmpty()) {
			logger.warn("Changed, but in full only after a restart of the application: " + full(later));
		}
	}

	private static String words(RuntimeException failure) {
		if (failure instanceof InvalidConfigurationPropertyValueException invalid) {
			return invalid.getName() + " is '" + invalid.getValue() + "'. " + invalid.getReason();
		}
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return failure.getMessage() + ": " + root.getMessage();
	}

	private static String full(SortedSet<String> names) {
		return Http2TransportProperties.PREFIX + "." + String.join(", " + Http2TransportProperties.PREFIX + ".", names);
	}

	/** Names may be written with dashes or without. */
	private static String plain(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

	private Map<String, String> values() {
		return new TreeMap<>(Binder.get(this.environment)
			.bind(Http2TransportProperties.PREFIX, Bindable.mapOf(String.class, String.class))
			.orElseGet(Map::of));
	}

}
