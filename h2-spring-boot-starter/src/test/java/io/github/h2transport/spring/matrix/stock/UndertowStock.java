package io.github.h2transport.spring.matrix.stock;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.form.FormData;
import io.undertow.server.handlers.form.FormDataParser;
import io.undertow.server.handlers.form.FormParserFactory;

/**
 * Undertow with 16 workers, as a machine with two cores gives it, and HTTP/2; nothing
 * else is set. Spring Boot 4 does not start it any more.
 */
final class UndertowStock implements StockRunning {

	private static final int WORKERS = 16;

	private static final FormParserFactory PARSERS = FormParserFactory.builder().build();

	private final Undertow server = Undertow.builder()
		.setWorkerThreads(WORKERS)
		.setServerOption(UndertowOptions.ENABLE_HTTP2, true)
		.setHandler(new BlockingHandler(UndertowStock::handle))
		.addHttpListener(0, "127.0.0.1")
		.addHttpsListener(0, "127.0.0.1", Certificates.localhost().contextTrusting(Certificates.localhost()))
		.build();

	UndertowStock() {
		this.server.start();
	}

	private static void handle(HttpServerExchange exchange) throws IOException {
		OutputStream out = exchange.getOutputStream();
		switch (exchange.getRequestPath()) {
			case StockSite.CONTENT -> {
				exchange.setResponseContentLength(StockSite.CONTENT_SIZE);
				out.write(Content.ofSize(StockSite.CONTENT_SIZE));
			}
			case StockSite.DOWNLOAD -> out.write(Content.ofSize(StockSite.DOWNLOAD_SIZE));
			case StockSite.UPLOAD ->
				exchange.getResponseSender().send(StockSite.received(exchange.getInputStream().readAllBytes()));
			case StockSite.PARTS -> exchange.getResponseSender().send(StockSite.parts(sizes(exchange)));
			case StockSite.UNREAD -> {
				out.flush();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(StockSite.PAUSE_MILLIS));
				out.write(Content.ofSize(StockSite.UNREAD_SIZE));
			}
			default -> exchange.setStatusCode(404);
		}
	}

	private static List<Long> sizes(HttpServerExchange exchange) throws IOException {
		List<Long> sizes = new ArrayList<>();
		try (FormDataParser parser = PARSERS.createParser(exchange)) {
			FormData form = parser.parseBlocking();
			for (FormData.FormValue part : form.get("part")) {
				sizes.add(part.getFileItem().getFileSize());
			}
		}
		return sizes;
	}

	@Override
	public int port(boolean secure) {
		return ((InetSocketAddress) this.server.getListenerInfo().get(secure ? 1 : 0).getAddress()).getPort();
	}

	@Override
	public void close() {
		this.server.stop();
	}

}
