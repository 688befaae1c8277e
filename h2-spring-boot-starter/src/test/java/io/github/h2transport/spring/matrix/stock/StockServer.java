package io.github.h2transport.spring.matrix.stock;

import java.time.Duration;
import java.util.function.Function;

import io.github.h2transport.testkit.PackagedServer;
import org.jspecify.annotations.Nullable;

/**
 * Servers as they come, with the settings that they have then.
 * {@code docs/tested-with.md} shows the same.
 */
public enum StockServer {

	TOMCAT("Tomcat, Spring Boot 4.1", "`server.http2.enabled=true`", (stage) -> BootSite.tomcat(),
			Duration.ofSeconds(20)),

	JETTY("Jetty, Spring Boot 4.1", "`server.http2.enabled=true`", (stage) -> BootSite.jetty(), Duration.ofSeconds(30)),

	REACTOR_NETTY("Reactor Netty, Spring Boot 4.1", "`server.http2.enabled=true`", (stage) -> BootSite.reactorNetty(),
			null),

	/*
	 * A worker that waits for credit to write goes on waiting when its stream is reset
	 * (2.3.20); after sixteen of them the server answers nobody.
	 */
	UNDERTOW("Undertow 2.3", "`ENABLE_HTTP2`, 16 workers", (stage) -> new UndertowStock(), Duration.ofSeconds(60)),

	NGINX("nginx, Debian", "`nginx.conf` of the package, `listen … http2`, `proxy_pass`",
			(stage) -> packaged(PackagedServer.NGINX, stage), Duration.ofSeconds(75)),

	HAPROXY("haproxy, Debian", "`haproxy.cfg` of the package, `bind … proto h2` or `alpn h2,http/1.1`",
			(stage) -> packaged(PackagedServer.HAPROXY, stage), Duration.ofSeconds(50)),

	CADDY("caddy, Debian", "`protocols h1 h2 h2c`, `reverse_proxy`", (stage) -> packaged(PackagedServer.CADDY, stage),
			null);

	/** How long connections to those that do not close them are left idle. */
	private static final Duration LONG = Duration.ofSeconds(75);

	private final String label;

	private final String settings;

	private final Function<StockStage, StockRunning> starter;

	private final @Nullable Duration idleLimit;

	StockServer(String label, String settings, Function<StockStage, StockRunning> starter,
			@Nullable Duration idleLimit) {
		this.label = label;
		this.settings = settings;
		this.starter = starter;
		this.idleLimit = idleLimit;
	}

	private static StockRunning packaged(PackagedServer kind, StockStage stage) {
		return new PackagedSite(kind, stage.server(TOMCAT).port(false));
	}

	StockRunning start(StockStage stage) {
		return this.starter.apply(stage);
	}

	/**
	 * Returns for how long connections to it are left idle.
	 * @return until it closes them by its own default, else long
	 */
	Duration idle() {
		return (this.idleLimit != null) ? this.idleLimit : LONG;
	}

	/**
	 * Returns whether it closes idle connections.
	 * @return whether it has a limit that a test can wait for
	 */
	boolean closesIdle() {
		return this.idleLimit != null;
	}

	/**
	 * Returns whether it loses calls when it closes an idle connection: Tomcat (11.0.22)
	 * may take a request while its clock ends the connection. The goodbye counts the
	 * stream as taken, and nothing answers it.
	 * @return whether plain sockets have shown that
	 */
	boolean losesCalls() {
		return this == TOMCAT;
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
		if (!has(feature)) {
			return "–";
		}
		if (feature != StockFeature.IDLE_CLOSE) {
			return "yes";
		}
		return (closesIdle() ? "" : "not in ") + idle().toSeconds() + " s";
	}

	@Override
	public String toString() {
		return this.label;
	}

}
