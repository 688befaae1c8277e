package io.github.h2transport.faults;

import java.io.ByteArrayInputStream;

import io.github.h2transport.Http2Request;
import io.github.h2transport.RequestBody;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.ClientFrame;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request whose content can be read only once must not meet a limit of streams that is
 * not known yet, and waits for SETTINGS. Those behind it need not.
 */
class OneShotBodiesBlockNobodyTests {

	private final ScriptedServer server = ScriptedServer.start();

	private final Http2Transport transport = Transports.cleartext();

	@AfterEach
	void end() {
		this.server.close();
		this.transport.close();
	}

	@ParameterizedTest
	@EnumSource
	void othersGoAheadWhileItWaitsForSettings(CallStyle style) {
		Call<Integer> oneShot = style.begin(this.transport,
				Http2Request.builder("POST", this.server.uri("/once"))
					.body(RequestBody.ofInputStream(new ByteArrayInputStream(new byte[3]), 3))
					.build());
		ScriptedConn connection = this.server.accept();
		connection.awaitPreface();
		Call<Integer> other = style.begin(this.transport, Http2Request.get(this.server.uri("/other")));
		ClientFrame.Head head = connection.awaitHead();
		assertThat(head.fields().get(":path")).isEqualTo("/other");
		connection.settings(Settings.builder().set(Settings.MAX_CONCURRENT_STREAMS, 1).build());
		connection.respond(head.streamId(), 200);
		assertThat(other.result()).isEqualTo(200);
		ClientFrame.Head next = connection.awaitHead();
		assertThat(next.fields().get(":path")).isEqualTo("/once");
		connection.respond(next.streamId(), 201);
		assertThat(oneShot.result()).isEqualTo(201);
	}

}
