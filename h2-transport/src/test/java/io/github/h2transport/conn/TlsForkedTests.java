package io.github.h2transport.conn;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.ForkedJvm;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.TlsClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What TLS does under settings that a JVM takes only at its start.
 */
class TlsForkedTests {

	@Test
	void keysAreUpdatedByBothSidesUnderLoad(@TempDir Path folder) throws Exception {
		// RFC 8446 section 5.5: a key protects so many octets and no more.
		Path security = Files.writeString(folder.resolve("limits.security"),
				"jdk.tls.keyLimits=AES/GCM/NoPadding KeyUpdate 2^18, ChaCha20-Poly1305 KeyUpdate 2^18\n");
		String output = ForkedJvm.run(KeyLimits.class,
				List.of("-Djava.security.properties=" + security, "-Djavax.net.debug=ssl,handshake"));
		assertThat(output.lines().filter((line) -> line.contains("KeyUpdate: write key updated")))
			.hasSizeGreaterThan(100);
		assertThat(output).contains("all right");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualCallersThatCannotRunHoldNobodyUp() throws Exception {
		String output = ForkedJvm.run(OneCarrier.class,
				List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"));
		assertThat(output).contains("all right");
	}

	/** Carries much in both directions at once. */
	static final class KeyLimits {

		private static final int SIZE = 16 << 20;

		public static void main(String[] args) throws Exception {
			try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).protocols("TLSv1.3").start();
					TlsClient client = TlsClient.trustingLocalhost()) {
				client.getsRight(peer.uri("/bytes/" + SIZE));
				byte[] upload = Content.ofSize(SIZE);
				assertThat(client.post(peer.uri("/digest"), upload)).isEqualTo(Content.sha256(upload));
				client.getsRight(peer.uri("/bytes/" + SIZE));
				assertThat(peer.connections()).isEqualTo(1);
			}
			System.out.println("all right");
		}

	}

	/**
	 * Many virtual threads call while another one has their only carrier. If callers
	 * wrapped, one of them could hold the engine's lock without being able to run, and
	 * the event loop would wait for it.
	 */
	static final class OneCarrier {

		private static final int CALLERS = 64;

		/** Each would wait for a lock that a virtual thread cannot give back. */
		private static final int CALLS_MEANWHILE = 30;

		public static void main(String[] args) throws Exception {
			try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start();
					TlsClient client = TlsClient.with(TlsOptions.of(Certificates.localhost().clientContext()))) {
				URI small = peer.uri("/bytes/1000");
				client.getsRight(small);
				AtomicBoolean ending = new AtomicBoolean();
				CountDownLatch calling = new CountDownLatch(CALLERS);
				CountDownLatch ended = new CountDownLatch(CALLERS);
				for (int i = 0; i < CALLERS; i++) {
					startVirtual(() -> {
						call(client, small);
						calling.countDown();
						while (!ending.get()) {
							call(client, small);
						}
						ended.countDown();
					});
				}
				calling.await();
				CountDownLatch busy = new CountDownLatch(1);
				AtomicBoolean enough = new AtomicBoolean();
				startVirtual(() -> {
					busy.countDown();
					while (!enough.get()) {
						Thread.onSpinWait();
					}
				});
				busy.await();
				// The carrier is not free before they are all answered.
				for (int i = 0; i < CALLS_MEANWHILE; i++) {
					call(client, small);
				}
				enough.set(true);
				assertThat(peer.connections()).isEqualTo(1);
				ending.set(true);
				ended.await();
			}
			System.out.println("all right");
		}

		private static void call(TlsClient client, URI uri) {
			try {
				client.getsRight(uri);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		/** Java 21 has it, but this is compiled for 17. */
		private static void startVirtual(Runnable task) throws ReflectiveOperationException {
			Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
		}

	}

}
