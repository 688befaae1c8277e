package io.github.h2transport.spring.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;

import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedExchange;
import io.github.h2transport.testkit.ServedRequests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What servers write that no RFC allows and every browser takes: cookies with control
 * characters and dates of all kinds, locations that are no URIs, octets behind gzip.
 */
@Timeout(60)
class OddAnswersTests {

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(), this::answer);

	private ConfigurableApplicationContext application;

	/** Either style of client, as an application injects it. */
	enum Style {

		REST_CLIENT {

			@Override
			Get in(ConfigurableApplicationContext application) {
				RestClient client = application.getBean(RestClient.Builder.class).build();
				return (uri, fields) -> client.get()
					.uri(uri)
					.headers((headers) -> headers.add("answer", fields))
					.retrieve()
					.body(String.class);
			}

		},

		WEB_CLIENT {

			@Override
			Get in(ConfigurableApplicationContext application) {
				WebClient client = application.getBean(WebClient.Builder.class).build();
				return (uri, fields) -> client.get()
					.uri(uri)
					.headers((headers) -> headers.add("answer", fields))
					.retrieve()
					.bodyToMono(String.class)
					.block(Duration.ofSeconds(30));
			}

		};

		abstract Get in(ConfigurableApplicationContext application);

	}

	/** A call that tells the server what to answer. */
	interface Get {

		String send(URI uri, String fields);

	}

	@BeforeEach
	void start() {
		this.application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("h2.transport.allow-http=true", "h2.transport.compression=true",
					"spring.http.clients.cookie-handling=enable", "spring.http.clients.redirects=follow")
			.run();
	}

	@AfterEach
	void close() {
		this.application.close();
		this.server.close();
	}

	@ParameterizedTest
	@EnumSource
	void aCookieThatCouldNotBeSentBackIsIgnored(Style style) {
		Get client = style.in(this.application);
		client.send(this.server.uri("/"), "set-cookie: theme=a<01>b");
		client.send(this.server.uri("/"), "set-cookie: good=1");

		assertThat(client.send(this.server.uri("/"), "")).isEqualTo("ok");
		assertThat(this.asked).last().isEqualTo("/ good=1");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			REST_CLIENT | Sunday, 06-Nov-94 08:49:37 GMT
			WEB_CLIENT  | Sunday, 06-Nov-94 08:49:37 GMT
			REST_CLIENT | Thu, 01-Jan-70 00:00:00 UTC
			WEB_CLIENT  | 01 Jan 1970 00:00:00
			""")
	void aCookieWhoseDateIsOverIsDeleted(Style style, String date) {
		Get client = style.in(this.application);
		client.send(this.server.uri("/"), "set-cookie: session=1");
		client.send(this.server.uri("/"), "set-cookie: session=; Expires=" + date);
		client.send(this.server.uri("/"), "");

		assertThat(this.asked).containsExactly("/ null", "/ session=1", "/ null");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '!', quoteCharacter = '~', textBlock = """
			REST_CLIENT ! /a b|c{}%zz%41 ! /a%20b%7Cc%7B%7D%25zz%41
			WEB_CLIENT  ! /a b|c{}%zz%41 ! /a%20b%7Cc%7B%7D%25zz%41
			REST_CLIENT ! ..\\..\\ok      ! /ok
			WEB_CLIENT  ! ..\\..\\ok      ! /ok
			REST_CLIENT ! /\u00c3\u00a4   ! /%C3%A4
			WEB_CLIENT  ! /\u00c3\u00a4   ! /%C3%A4
			""")
	void aLocationIsFollowedAsABrowserDoes(Style style, String location, String path) {
		String answer = style.in(this.application).send(this.server.uri("/dir/redirect"), "location: " + location);

		assertThat(answer).isEqualTo("ok");
		assertThat(this.asked).last().isEqualTo(path + " null");
	}

	@ParameterizedTest
	@EnumSource
	void aLocationThatLeadsNowhereIsSaidToBeOne(Style style) {
		Throwable failure = catchThrowable(
				() -> style.in(this.application).send(this.server.uri("/redirect"), "location: http://[::1/x"));

		assertThat(failure).hasRootCauseInstanceOf(ProtocolException.class)
			.rootCause()
			.hasMessageContaining("Cannot follow the redirect (302)")
			.hasMessageContaining("its Location is no URL");
	}

	@ParameterizedTest
	@EnumSource
	void octetsBehindGzipAreIgnored(Style style) {
		assertThat(style.in(this.application).send(this.server.uri("/gzip"), "content-encoding: gzip")).isEqualTo("ok");
	}

	private void answer(ServedExchange exchange) {
		this.asked.add(exchange.path() + " " + exchange.fields().get("cookie"));
		// A request cannot hold what an answer can.
		String wanted = String.valueOf(exchange.fields().get("answer")).replace("<01>", "\u0001");
		int colon = wanted.indexOf(": ");
		String[] fields = (colon > 0) ? new String[] { wanted.substring(0, colon), wanted.substring(colon + 2) }
				: new String[0];
		if (exchange.path().endsWith("/redirect")) {
			exchange.respond(302, new byte[0], fields);
		}
		else if (exchange.path().equals("/gzip")) {
			exchange.respond(200, padded(), fields);
		}
		else if (wanted.startsWith("location")) {
			exchange.respond(200, "ok".getBytes(StandardCharsets.US_ASCII));
		}
		else {
			exchange.respond(200, "ok".getBytes(StandardCharsets.US_ASCII), fields);
		}
	}

	private static byte[] padded() {
		ByteArrayOutputStream octets = new ByteArrayOutputStream();
		try {
			try (GZIPOutputStream encoder = new GZIPOutputStream(octets)) {
				encoder.write("ok".getBytes(StandardCharsets.US_ASCII));
			}
			octets.write(new byte[512]);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return octets.toByteArray();
	}

	/** Nothing but the starter. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
