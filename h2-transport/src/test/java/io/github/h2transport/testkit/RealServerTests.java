package io.github.h2transport.testkit;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * The kit's servers do what its builder says, as seen by the JDK's client and by plain
 * sockets.
 */
class RealServerTests {

	private static final int MIB = 1 << 20;

	private static final int FRAME_TYPE_SETTINGS = 4;

	private static final int SETTINGS_MAX_CONCURRENT_STREAMS = 3;

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void servesFilesAndEchoesUploadsOverTls(ServerKind kind) throws Exception {
		try (RealServer server = builder(kind).tls(Certificates.localhost()).file("/files/mib", MIB).start()) {
			HttpClient client = client(Certificates.localhost());

			HttpResponse<byte[]> file = client.send(HttpRequest.newBuilder(server.uri("/files/mib")).build(),
					BodyHandlers.ofByteArray());
			assertThat(file.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(file.statusCode()).isEqualTo(200);
			assertThat(Content.sha256(file.body())).isEqualTo(Content.sha256(Content.ofSize(MIB)));

			byte[] upload = Content.ofSize(MIB + 1);
			HttpResponse<byte[]> echo = client.send(
					HttpRequest.newBuilder(server.uri("/echo")).POST(BodyPublishers.ofByteArray(upload)).build(),
					BodyHandlers.ofByteArray());
			assertThat(echo.statusCode()).isEqualTo(200);
			assertThat(Content.sha256(echo.body())).isEqualTo(Content.sha256(upload));
		}
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void speaksCleartextHttp2WithPriorKnowledgeAndAnnouncesItsStreamLimit(ServerKind kind) throws Exception {
		try (RealServer server = builder(kind).maxConcurrentStreams(7).start()) {
			assertThat(announcedStreamLimit(server.port())).isEqualTo(7);
		}
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void isGoneAfterAKillAndBackOnTheSamePortAfterARestart(ServerKind kind) throws Exception {
		try (RealServer server = builder(kind).start()) {
			int port = server.port();
			ProcessHandle killed = ProcessHandle.of(server.pid()).orElseThrow();

			server.kill();
			assertThat(killed.isAlive()).isFalse();
			assertThatIOException().isThrownBy(() -> announcedStreamLimit(port));

			server.restart();
			assertThat(server.port()).isEqualTo(port);
			assertThat(announcedStreamLimit(port)).isEqualTo(128);
		}
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void saysNothingWhileSuspended(ServerKind kind) throws Exception {
		try (RealServer server = builder(kind).start()) {
			server.suspend();
			assertThatIOException().isThrownBy(() -> announcedStreamLimit(server.port(), Duration.ofMillis(200)))
				.withMessageContaining("timed out");
			server.resume();
			assertThat(announcedStreamLimit(server.port())).isEqualTo(128);
		}
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void leavesNoProcessAndNoFolderBehind(ServerKind kind) {
		RealServer server = builder(kind).start();
		List<ProcessHandle> processes = List.of(ProcessHandle.of(server.pid()).orElseThrow(),
				ProcessHandle.of(server.pid()).orElseThrow().children().findFirst().orElseThrow());
		server.close();
		Awaitility.await().until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
		assertThat(server.folder()).doesNotExist();
	}

	@Test
	void endsWhenTheJvmDiesWithoutRunningItsShutdownHooks() throws Exception {
		Assumptions.assumeTrue(ServerKind.NGHTTPD.find() != null, "nghttpd is not installed on this machine");
		Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), DyingJvm.class.getName())
			.redirectErrorStream(true)
			.start();
		String[] words = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim().split(" ");
		assertThat(words).as("what the dying JVM said").hasSize(2);
		long pid = Long.parseLong(words[0]);
		Awaitility.await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
		TemporaryFolder.delete(Path.of(words[1]));
	}

	@Test
	void aServerWhoseOptionsAreWrongFailsWithItsOwnWords() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> RealServer.nginx().arguments("no_such_directive on;").start())
			.withMessageContaining("no_such_directive");
	}

	@Test
	void aCertificateForAnotherNameIsRefusedByClientsThatTrustIt() {
		try (RealServer server = RealServer.nginx().tls(Certificates.wrongHost()).start()) {
			assertThatExceptionOfType(SSLHandshakeException.class).isThrownBy(() -> client(Certificates.wrongHost())
				.send(HttpRequest.newBuilder(server.uri("/")).build(), BodyHandlers.discarding()));
		}
	}

	@Test
	void aCertificateIsRefusedByClientsThatDoNotTrustIt() throws Exception {
		// By a socket: the JDK's HTTP client reports the broken pipe if that is seen
		// first.
		try (RealServer server = RealServer.nginx().tls(Certificates.localhost()).start();
				SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault()
					.createSocket(server.uri("/").getHost(), server.uri("/").getPort())) {
			assertThatExceptionOfType(SSLHandshakeException.class).isThrownBy(socket::startHandshake);
		}
	}

	private static RealServer.Builder builder(ServerKind kind) {
		return (kind == ServerKind.NGINX) ? RealServer.nginx() : RealServer.nghttpd();
	}

	private static HttpClient client(Certificates certificates) {
		return HttpClient.newBuilder().sslContext(certificates.clientContext()).build();
	}

	private static int announcedStreamLimit(int port) throws IOException {
		return announcedStreamLimit(port, Duration.ofSeconds(10));
	}

	/*
	 * Sends the client's preface (RFC 9113 section 3.4) and reads the server's SETTINGS,
	 * which must be the first frame.
	 */
	private static int announcedStreamLimit(int port, Duration limit) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", port)) {
			socket.setSoTimeout((int) limit.toMillis());
			socket.getOutputStream()
				.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
			DataInputStream in = new DataInputStream(socket.getInputStream());
			int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
			assertThat(in.readUnsignedByte()).isEqualTo(FRAME_TYPE_SETTINGS);
			in.readFully(new byte[5]);
			for (int read = 0; read < length; read += 6) {
				int identifier = in.readUnsignedShort();
				int value = in.readInt();
				if (identifier == SETTINGS_MAX_CONCURRENT_STREAMS) {
					return value;
				}
			}
			throw new IOException("the server announced no limit");
		}
	}

	static final class DyingJvm {

		private DyingJvm() {
		}

		@SuppressWarnings("resource")
		public static void main(String[] args) {
			RealServer server = RealServer.nghttpd().start();
			System.out.println(server.pid() + " " + server.folder());
			System.out.flush();
			Runtime.getRuntime().halt(1);
		}

	}

}
