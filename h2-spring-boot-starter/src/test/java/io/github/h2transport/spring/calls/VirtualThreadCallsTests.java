package io.github.h2transport.spring.calls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.h2transport.spring.ReactorServers;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.ForkedJvm;
import io.github.h2transport.transport.Http2Transport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with {@code spring.threads.virtual.enabled} whose scheduler has a single
 * carrier: whoever held it would stop everybody else.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(120)
class VirtualThreadCallsTests {

	private static DisposableServer plain;

	private static DisposableServer secure;

	@BeforeAll
	static void start() {
		HttpServer echo = ReactorServers.create()
			.host("127.0.0.1")
			.port(0)
			.handle((request, response) -> response.send(request.receive().retain()));
		Certificates certificates = Certificates.localhost();
		plain = echo.protocol(HttpProtocol.H2C).bindNow();
		secure = echo.protocol(HttpProtocol.H2)
			.secure((ssl) -> ssl.sslContext(Http2SslContextSpec.forServer(certificates.certificate().toFile(),
					certificates.privateKey().toFile())))
			.bindNow();
	}

	@AfterAll
	static void stop() {
		plain.disposeNow();
		secure.disposeNow();
	}

	@Test
	void aSingleCarrierServesAHundredCallersAndIsNeverPinned() throws IOException {
		String output = ForkedJvm.run(OneCarrier.class,
				List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1",
						"-Dplain=http://localhost:" + plain.port(), "-Dsecure=https://localhost:" + secure.port(),
						"-Dcertificate=" + Certificates.localhost().certificate()));

		assertThat(output.lines()).as(output).contains("answered 200").noneMatch((line) -> line.startsWith("pinned"));
	}

	/** Calls both servers and prints what it saw. */
	static final class OneCarrier {

		private static final int CALLERS = 100;

		private OneCarrier() {
		}

		public static void main(String[] arguments) throws Exception {
			Path file = Files.createTempFile("pinned", ".jfr");
			try (Recording recording = new Recording()) {
				recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
				recording.start();
				try (ConfigurableApplicationContext context = ClientApplication.run(ClientApplication.class,
						List.of("h2.transport.allow-http=true", "spring.threads.virtual.enabled=true",
								"spring.http.clients.ssl.bundle=servers",
								"spring.ssl.bundle.pem.servers.truststore.certificate=file:"
										+ System.getProperty("certificate")))) {
					try {
						call(context.getBean(RestClient.Builder.class).build());
					}
					finally {
						System.out.println("afterwards " + context.getBean(Http2Transport.class).snapshot());
					}
				}
				recording.stop();
				recording.dump(file);
			}
			for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
				String trace = String.valueOf(event.getStackTrace());
				// Classes are loaded and initialized by native frames, which pin whoever
				// is first.
				if (trace.contains("io.github.h2transport") && !trace.contains("java.lang.ClassLoader")
						&& !trace.contains("<clinit>")) {
					System.out.println("pinned " + event);
				}
			}
			Files.delete(file);
		}

		private static void call(RestClient client) throws Exception {
			ExecutorService callers = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
				.invoke(null);
			List<Future<byte[]>> calls = new ArrayList<>();
			for (int i = 0; i < CALLERS; i++) {
				byte[] content = Content.ofSize(20_000 + i);
				for (String server : List.of("plain", "secure")) {
					calls.add(callers.submit(() -> client.post()
						.uri(System.getProperty(server))
						.body((out) -> out.write(content))
						.retrieve()
						.body(byte[].class)));
				}
			}
			int answered = 0;
			for (int i = 0; i < calls.size(); i++) {
				byte[] answer = calls.get(i).get(50, TimeUnit.SECONDS);
				answered += Content.sha256(answer).equals(Content.sha256(Content.ofSize(20_000 + i / 2))) ? 1 : 0;
			}
			System.out.println("answered " + answered);
			callers.shutdownNow();
		}

	}

}
