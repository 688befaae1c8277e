package io.github.h2transport.spring.matrix;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The servers that other people wrote, and what they can do. A server that cannot do
 * something says so here, with the reason; {@code docs/tested-with.md} shows the same.
 */
enum TestServer {

	/*
	 * Has no handlers: it stores an upload before it answers and ignores trailers of a
	 * request. It sends 103 from version 1.29 on, which distributions do not have yet.
	 */
	NGINX("nginx", "", ProcessServers::nginx,
			without(Feature.BOTH_WAYS_AT_ONCE, Feature.REQUEST_TRAILERS, Feature.EARLY_HINTS)),

	/*
	 * Serves files and stored uploads, nothing else.
	 */
	NGHTTPD("nghttpd", "", ProcessServers::nghttpd,
			without(Feature.BOTH_WAYS_AT_ONCE, Feature.NO_CONTENT, Feature.REQUEST_TRAILERS, Feature.EARLY_HINTS,
					Feature.EARLY_ANSWER)),

	/* The page says what each of these settings is for. */
	TOMCAT("Tomcat",
			"`useAsyncIO=false`, `overheadResetFactor=0`, `overheadCountFactor=0`, "
					+ "`maxConcurrentStreamExecution=128`, `allowedTrailerHeaders`",
			TomcatSite::new, without()),

	JETTY("Jetty", "no `RateControl`", JettySite::new, without()),

	/* Its only interim response is 100. */
	UNDERTOW("Undertow", "", UndertowSite::new, without(Feature.EARLY_HINTS)),

	/*
	 * Its only interim response is 100, and its handlers never see a request's trailers.
	 */
	REACTOR_NETTY("Reactor Netty", "", ReactorNettySite::new, without(Feature.EARLY_HINTS, Feature.REQUEST_TRAILERS)),

	/*
	 * Looks for a stub once it has the whole request; a stub has neither trailers nor
	 * interim responses.
	 */
	WIREMOCK("WireMock", "", WireMockSite::new, without(Feature.BOTH_WAYS_AT_ONCE, Feature.RESPONSE_TRAILERS,
			Feature.REQUEST_TRAILERS, Feature.EARLY_HINTS, Feature.EARLY_ANSWER));

	private final String label;

	private final String settings;

	private final Supplier<RunningServer> starter;

	private final Set<Feature> features;

	TestServer(String label, String settings, Supplier<RunningServer> starter, Set<Feature> features) {
		this.label = label;
		this.settings = settings;
		this.starter = starter;
		this.features = features;
	}

	private static Set<Feature> without(Feature... missing) {
		Set<Feature> features = EnumSet.allOf(Feature.class);
		features.removeAll(Set.of(missing));
		return features;
	}

	boolean has(Feature feature) {
		return this.features.contains(feature);
	}

	/**
	 * Returns which settings it does not have by itself, beside
	 * {@link Site#MAX_CONCURRENT_STREAMS} and what its handlers need.
	 * @return Markdown, empty if none
	 */
	String settings() {
		return this.settings;
	}

	/**
	 * Returns what it speaks: today each speaks everything.
	 * @return one or more
	 */
	Set<Protocol> protocols() {
		return EnumSet.allOf(Protocol.class);
	}

	RunningServer start() {
		return this.starter.get();
	}

	@Override
	public String toString() {
		return this.label;
	}

}
