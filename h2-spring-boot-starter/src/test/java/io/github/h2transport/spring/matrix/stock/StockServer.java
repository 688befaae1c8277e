package io.github.h2transport.spring.matrix.stock;

import java.util.function.Function;

import io.github.h2transport.testkit.PackagedServer;

/**
 * Servers as they come, with the settings that they have then.
 * {@code docs/tested-with.md} shows the same.
 */
public enum StockServer {

	TOMCAT("Tomcat, Spring Boot 4.1", "`server.http2.enabled=true`", (stage) -> BootSite.tomcat()),

	JETTY("Jetty, Spring Boot 4.1", "`server.http2.enabled=true`", (stage) -> BootSite.jetty()),

	REACTOR_NETTY("Reactor Netty, Spring Boot 4.1", "`server.http2.enabled=true`", (stage) -> BootSite.reactorNetty()),

	/*
	 * A worker that waits for credit to write goes on waiting when its stream is reset
	 * (2.3.20); after sixteen of them the server answers nobody.
	 */
	UNDERTOW("Undertow 2.3", "`ENABLE_HTTP2`, 16 workers", (stage) -> new UndertowStock()),

	NGINX("nginx, Debian", "`nginx.conf` of the package, `listen … http2`, `proxy_pass`",
			(stage) -> packaged(PackagedServer.NGINX, stage)),

	HAPROXY("haproxy, Debian", "`haproxy.cfg` of the package, `bind … proto h2` or `alpn h2,http/1.1`",
			(stage) -> packaged(PackagedServer.HAPROXY, stage)),

	CADDY("caddy, Debian", "`protocols h1 h2 h2c`, `reverse_proxy`", (stage) -> packaged(PackagedServer.CADDY, stage));

	private final String label;

	private final String settings;

	private final Function<StockStage, StockRunning> starter;

	StockServer(String label, String settings, Function<StockStage, StockRunning> starter) {
		this.label = label;
		this.settings = settings;
		this.starter = starter;
	}

	private static StockRunning packaged(PackagedServer kind, StockStage stage) {
		return new PackagedSite(kind, stage.server(TOMCAT).port(false));
	}

	StockRunning start(StockStage stage) {
		return this.starter.apply(stage);
	}

	/**
	 * Returns what is set.
	 * @return Markdown
	 */
	public String settings() {
		return this.settings;
	}

	boolean has(StockFeature feature) {
		return this != UNDERTOW || feature != StockFeature.ENDED_EARLY;
	}

	/**
	 * Returns what the page says.
	 * @param feature the column
	 * @return Markdown
	 */
	public String mark(StockFeature feature) {
		return has(feature) ? "yes" : "–";
	}

	@Override
	public String toString() {
		return this.label;
	}

}
