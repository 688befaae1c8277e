package io.github.h2transport.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.tls.TlsRecord;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How frames lie in the TLS records of a connection, as its server sees them: none begins
 * in one record and ends in another, for servers were met that then mix up content; and
 * an upload comes record by record, so that its server can begin to read.
 */
@Timeout(60)
class FramesInTlsRecordsTests {

	private static final int SIZE = 300_000;

	private static final int FRAME_HEADER = 9;

	private static final int PREFACE = 24;

	private static final byte[] STATUS_200 = { (byte) 0x88 };

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void noFrameOfAnUploadSpansTwoRecords(String protocol) throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Http2Transport transport = Http2Transport.builder()
					.options(TransportOptions.builder()
						.tls(TlsOptions.of(Certificates.localhost().clientContext()))
						.build())
					.build()) {
			Call<List<byte[]>> server = Call.of(() -> {
				try (Socket socket = listener.accept()) {
					return new Server(socket, protocol).serve();
				}
			});
			URI uri = URI.create("https://localhost:" + listener.getLocalPort() + "/upload");
			for (RequestBody body : List.of(RequestBody.of(new byte[SIZE]), RequestBody.ofWriter((out) -> {
				for (int i = 0; i < SIZE / 1000; i++) {
					out.write(new byte[1000]);
				}
			}, RequestBody.UNKNOWN_LENGTH, true))) {
				try (Http2Response response = transport
					.roundTrip(Http2Request.builder("POST", uri).body(body).build())) {
					assertThat(response.status()).isEqualTo(200);
				}
			}
			List<byte[]> records = server.result();

			assertThat(records).hasSizeGreaterThan(2 * SIZE / 16_384);
			boolean first = true;
			for (byte[] record : records) {
				int at = first ? PREFACE : 0;
				first = false;
				while (at < record.length) {
					assertThat(record.length - at).as("a frame's header is whole").isGreaterThanOrEqualTo(FRAME_HEADER);
					at += FRAME_HEADER + (ByteBuffer.wrap(record).getInt(at) >>> 8);
				}
				assertThat(at).as("a frame ends with its record").isEqualTo(record.length);
			}
		}
	}

	/** Reads record by record; answers each request when its content is whole. */
	private static final class Server {

		private final Socket socket;

		private final SSLEngine engine;

		private final ByteBuffer plain = ByteBuffer.allocate(64 * 1024);

		private final ByteBuffer cipher = ByteBuffer.allocate(64 * 1024);

		private final List<byte[]> records = new ArrayList<>();

		private final ByteArrayOutputStream received = new ByteArrayOutputStream();

		private int read = PREFACE;

		private int answered;

		Server(Socket socket, String protocol) {
			this.socket = socket;
			this.engine = Certificates.localhost().contextTrusting(Certificates.client()).createSSLEngine();
			this.engine.setUseClientMode(false);
			SSLParameters parameters = this.engine.getSSLParameters();
			parameters.setProtocols(new String[] { protocol });
			parameters.setApplicationProtocols(new String[] { "h2" });
			this.engine.setSSLParameters(parameters);
		}

		List<byte[]> serve() throws IOException {
			boolean greeted = false;
			while (this.answered < 2) {
				TlsRecord record = TlsRecord.read(this.socket.getInputStream());
				if (record == null) {
					throw new IOException("The client has left");
				}
				take(ByteBuffer.wrap(record.octets()));
				if (!greeted && this.received.size() > 0) {
					greeted = true;
					ByteBuffer out = ByteBuffer.allocate(200);
					FrameWriter.settings(out, Settings.builder().set(Settings.INITIAL_WINDOW_SIZE, 1 << 20).build());
					FrameWriter.windowUpdate(out, 0, 1 << 20);
					send(out.flip());
				}
				answer();
			}
			return this.records;
		}

		private void take(ByteBuffer record) throws IOException {
			while (record.hasRemaining() || isBusy()) {
				HandshakeStatus status = this.engine.getHandshakeStatus();
				if (status == HandshakeStatus.NEED_TASK) {
					for (Runnable task = this.engine.getDelegatedTask(); task != null; task = this.engine
						.getDelegatedTask()) {
						task.run();
					}
				}
				else if (status == HandshakeStatus.NEED_WRAP) {
					send(ByteBuffer.allocate(0));
				}
				else if (!record.hasRemaining()) {
					return;
				}
				else {
					unwrap(record);
				}
			}
		}

		private boolean isBusy() {
			HandshakeStatus status = this.engine.getHandshakeStatus();
			return status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP;
		}

		private void unwrap(ByteBuffer record) throws SSLException {
			SSLEngineResult result = this.engine.unwrap(record, this.plain.clear());
			if (result.bytesProduced() > 0) {
				byte[] octets = new byte[this.plain.flip().remaining()];
				this.plain.get(octets);
				this.records.add(octets);
				this.received.writeBytes(octets);
			}
		}

		private void send(ByteBuffer octets) throws IOException {
			do {
				this.engine.wrap(octets, this.cipher.clear());
				this.socket.getOutputStream().write(this.cipher.array(), 0, this.cipher.position());
			}
			while (octets.hasRemaining());
		}

		private void answer() throws IOException {
			byte[] all = this.received.toByteArray();
			ByteBuffer frames = ByteBuffer.wrap(all);
			while (all.length - this.read >= FRAME_HEADER) {
				int length = frames.getInt(this.read) >>> 8;
				if (all.length - this.read < FRAME_HEADER + length) {
					return;
				}
				int type = all[this.read + 3];
				boolean endStream = (all[this.read + 4] & 1) != 0;
				int streamId = frames.getInt(this.read + 5);
				this.read += FRAME_HEADER + length;
				if (type == 0) {
					ByteBuffer credit = ByteBuffer.allocate(200);
					FrameWriter.windowUpdate(credit, 0, Math.max(1, length));
					send(credit.flip());
				}
				if (type == 0 && endStream) {
					ByteBuffer out = ByteBuffer.allocate(200);
					FrameWriter.headers(out, streamId, STATUS_200, 0, STATUS_200.length, 16_384, true);
					send(out.flip());
					this.answered++;
				}
			}
		}

	}

}
