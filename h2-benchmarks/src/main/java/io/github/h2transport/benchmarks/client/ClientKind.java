package io.github.h2transport.benchmarks.client;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * All clients, by the name of their class in this package: a client whose library needs a
 * newer Java, or is missing, costs its own row and no other.
 */
public enum ClientKind {

	H2_CORE("CoreClient", Trait.OURS, Trait.ASYNC, Trait.SHORT),

	H2_REST_CLIENT("CoreRestClient", Trait.OURS, Trait.SPRING, Trait.SHORT),

	H2_WEB_CLIENT("CoreWebClient", Trait.OURS, Trait.SPRING, Trait.ASYNC, Trait.SHORT),

	JDK("JdkClient", Trait.ASYNC, Trait.ONLY_TLS, Trait.SHORT),

	JDK_REST_CLIENT("JdkClient$Rest", Trait.SPRING, Trait.ONLY_TLS, Trait.SHORT),

	JDK_WEB_CLIENT("JdkClient$Web", Trait.SPRING, Trait.ASYNC, Trait.ONLY_TLS),

	REACTOR_NETTY("ReactorNettyClient", Trait.ASYNC, Trait.SHORT),

	REACTOR_NETTY_REST_CLIENT("ReactorNettyClient$Rest", Trait.SPRING, Trait.SHORT),

	REACTOR_NETTY_WEB_CLIENT("ReactorNettyClient$Web", Trait.SPRING, Trait.ASYNC, Trait.SHORT),

	JETTY("JettyClient", Trait.ASYNC, Trait.SHORT),

	JETTY_REST_CLIENT("JettyClient$Rest", Trait.SPRING, Trait.SHORT),

	JETTY_WEB_CLIENT("JettyClient$Web", Trait.SPRING, Trait.ASYNC),

	APACHE("ApacheClient", Trait.ASYNC, Trait.SHORT),

	APACHE_WEB_CLIENT("ApacheClient$Web", Trait.SPRING, Trait.ASYNC),

	APACHE_HTTP1_REST_CLIENT("ApacheHttp1RestClient", Trait.SPRING, Trait.HTTP_1, Trait.SHORT),

	OKHTTP("OkHttpBenchClient", Trait.ASYNC, Trait.SHORT),

	ARMERIA("ArmeriaClient", Trait.ASYNC, Trait.CONTEXT_PROPAGATION),

	VERTX("VertxClient", Trait.ASYNC),

	/** Needs Java 21, to compile and to run. */
	HELIDON("HelidonClient");

	private final String className;

	private final Set<Trait> traits;

	ClientKind(String className, Trait... traits) {
		this.className = className;
		this.traits = EnumSet.noneOf(Trait.class);
		this.traits.addAll(Arrays.asList(traits));
	}

	/**
	 * Returns the name of the rows.
	 * @return for example {@code reactor-netty}
	 */
	public String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	public boolean is(Trait trait) {
		return this.traits.contains(trait);
	}

	/**
	 * Makes the client.
	 * @param settings what the workload wants
	 * @return a client that is not connected yet
	 * @throws ReflectiveOperationException if its class cannot be loaded on this JVM
	 */
	public BenchClient create(ClientSettings settings) throws ReflectiveOperationException {
		Class<?> type = Class.forName(ClientKind.class.getPackageName() + "." + this.className);
		return (BenchClient) type.getConstructor(ClientSettings.class).newInstance(settings);
	}

	public static ClientKind labelled(String label) {
		return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
	}

	/** What decides which rows a client is in. */
	public enum Trait {

		/** Of this project: never "the best peer". */
		OURS,

		/** Called through RestClient or WebClient. */
		SPRING,

		/** Has an asynchronous API. */
		ASYNC,

		/** Speaks HTTP/2 only where ALPN chose it. */
		ONLY_TLS,

		/** Speaks HTTP/1.1, over as many connections as there are callers. */
		HTTP_1,

		/** Does not start without Micrometer's library of this name. */
		CONTEXT_PROPAGATION,

		/** In the short form, too. */
		SHORT

	}

}
