package io.github.h2transport.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.frame.FrameType;
import io.github.h2transport.frame.FrameWriter;
import io.github.h2transport.testkit.Content;
import io.github.h2transport.testkit.LongPath;
import io.github.h2transport.testkit.RealServer;
import io.github.h2transport.testkit.Relay;
import io.github.h2transport.testkit.ServerKind;
import io.github.h2transport.testkit.Transports;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A large response over a path of 50 ms. A stream gets one or two updates in a round
 * trip, so their number tells how many round trips it took, whatever else the machine
 * does.
 */
@Timeout(120)
class LongPathRealServerTests {

	private static final Duration ONE_WAY = Duration.ofMillis(25);

	private static final int SIZE = 8 * 1024 * 1024;

	private static final int WINDOW = 256 * 1024;

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void aFixedWindowNeedsARoundTripForEachOfItself(ServerKind kind) throws Exception {
		Updates updates = download(kind, 0);
		assertThat(updates.ofStreams).hasValueBetween(SIZE / WINDOW - 1, 2 * SIZE / WINDOW);
		assertThat(updates.pings).hasValue(0);
	}

	@ParameterizedTest
	@EnumSource(ServerKind.class)
	void aWindowThatGrowsNeedsFewRoundTrips(ServerKind kind) throws Exception {
		Updates updates = download(kind, 16 * 1024 * 1024);
		assertThat(updates.ofStreams).hasValueBetween(4, SIZE / WINDOW - 2);
		assertThat(updates.pings).hasPositiveValue();
	}

	private static Updates download(ServerKind kind, int maxWindowSize) throws Exception {
		Updates updates = new Updates();
		try (RealServer server = RealServer.of(kind).file("/large", SIZE).start();
				Relay relay = Relay.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), updates,
						new LongPath(ONE_WAY));
				Http2Transport transport = Transports.cleartext((options) -> options.maxWindowSize(maxWindowSize))) {
			URI target = URI.create("http://localhost:" + relay.uri("/").getPort() + "/large");
			try (Http2Response response = transport.roundTrip(Http2Request.get(target))) {
				assertThat(response.body().readAllBytes()).isEqualTo(Content.ofSize(SIZE));
			}
		}
		return updates;
	}

	/** The way to the server, which counts the client's frames. */
	private static final class Updates implements Relay.Pump {

		private final AtomicInteger ofStreams = new AtomicInteger();

		private final AtomicInteger pings = new AtomicInteger();

		@Override
		public void run(InputStream in, OutputStream out) throws IOException {
			new LongPath(ONE_WAY).run(new Counting(in), out);
		}

		/** Only takes the headers of frames apart. */
		private final class Counting extends FilterInputStream {

			private int skip = FrameWriter.PREFACE_SIZE;

			private final byte[] header = new byte[FrameWriter.FRAME_HEADER_SIZE];

			private int filled;

			Counting(InputStream in) {
				super(in);
			}

			@Override
			public int read(byte[] octets, int offset, int length) throws IOException {
				int count = super.read(octets, offset, length);
				for (int i = 0; i < count; i++) {
					octet(octets[offset + i]);
				}
				return count;
			}

			private void octet(byte octet) {
				if (this.skip > 0) {
					this.skip--;
					return;
				}
				this.header[this.filled++] = octet;
				if (this.filled < this.header.length) {
					return;
				}
				this.filled = 0;
				this.skip = (this.header[0] & 0xff) << 16 | (this.header[1] & 0xff) << 8 | this.header[2] & 0xff;
				if (this.header[3] == FrameType.WINDOW_UPDATE && this.header[8] != 0) {
					Updates.this.ofStreams.incrementAndGet();
				}
				else if (this.header[3] == FrameType.PING && this.header[4] == 0) {
					Updates.this.pings.incrementAndGet();
				}
			}

		}

	}

}
