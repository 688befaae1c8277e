package io.github.h2transport.spring.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.github.h2transport.testkit.Certificates;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A server as people have it, without any setting that is kind to its clients. It answers
 * a POST with the number of its octets or parts, and a GET with "hello".
 */
interface StockServer extends AutoCloseable {

	/**
	 * Returns the address of a resource.
	 * @param path begins with a slash
	 * @return an http or https URI
	 */
	URI uri(String path);

	@Override
	void close();

	/** The servers. */
	enum Kind {

		/** What {@code server.http2.enabled=true} makes of an application. */
		SPRING_BOOT_TOMCAT {

			@Override
			StockServer start(boolean secure) {
				return tomcat(secure);
			}

		},

		UNDERTOW_WITH_16_WORKERS {

			@Override
			StockServer start(boolean secure) {
				return undertow(secure);
			}

		};

		abstract StockServer start(boolean secure);

	}

	private static StockServer tomcat(boolean secure) {
		List<String> properties = new ArrayList<>(List.of("server.port=0", "server.address=127.0.0.1",
				"server.http2.enabled=true", "spring.main.banner-mode=off"));
		if (secure) {
			Certificates certificates = Certificates.localhost();
			properties.add("spring.ssl.bundle.pem.server.keystore.certificate=file:" + certificates.certificate());
			properties.add("spring.ssl.bundle.pem.server.keystore.private-key=file:" + certificates.privateKey());
			properties.add("server.ssl.bundle=server");
		}
		ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) new SpringApplicationBuilder(
				TomcatApplication.class)
			.web(WebApplicationType.SERVLET)
			.properties(properties.toArray(String[]::new))
			.run();
		int port = context.getWebServer().getPort();
		return new StockServer() {

			@Override
			public URI uri(String path) {
				return StockServer.uri(secure, port, path);
			}

			@Override
			public void close() {
				context.close();
			}

		};
	}

	private static StockServer undertow(boolean secure) {
		Undertow.Builder builder = Undertow.builder()
			.setServerOption(UndertowOptions.ENABLE_HTTP2, true)
			.setWorkerThreads(16)
			.setHandler(new BlockingHandler(StockServer::answer));
		if (secure) {
			builder.addHttpsListener(0, "127.0.0.1", serverContext());
		}
		else {
			builder.addHttpListener(0, "127.0.0.1");
		}
		Undertow server = builder.build();
		server.start();
		int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
		return new StockServer() {

			@Override
			public URI uri(String path) {
				return StockServer.uri(secure, port, path);
			}

			@Override
			public void close() {
				server.stop();
			}

		};
	}

	private static void answer(HttpServerExchange exchange) throws IOException {
		boolean get = exchange.getRequestMethod().toString().equals("GET");
		exchange.getResponseSender().send(get ? "hello" : String.valueOf(count(exchange.getInputStream())));
	}

	private static long count(InputStream content) throws IOException {
		byte[] buffer = new byte[8192];
		long total = 0;
		for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
			total += count;
		}
		return total;
	}

	private static URI uri(boolean secure, int port, String path) {
		return URI.create((secure ? "https://localhost:" : "http://127.0.0.1:") + port + path);
	}

	private static SSLContext serverContext() {
		try (InputStream in = Files.newInputStream(Certificates.localhost().keyStore())) {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(in, Certificates.PASSWORD.toCharArray());
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(keys, Certificates.PASSWORD.toCharArray());
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(factory.getKeyManagers(), null, null);
			return context;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** An application with a controller. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	class TomcatApplication {

		@Bean
		Counts counts() {
			return new Counts();
		}

	}

	/** Reads what is sent to it. */
	@RestController
	class Counts {

		@GetMapping("/hello")
		String hello() {
			return "hello";
		}

		@PostMapping("/parts")
		String parts(HttpServletRequest request) throws IOException, ServletException {
			return String.valueOf(request.getParts().size());
		}

		@PostMapping("/count")
		String count(HttpServletRequest request) throws IOException {
			return String.valueOf(StockServer.count(request.getInputStream()));
		}

	}

}
