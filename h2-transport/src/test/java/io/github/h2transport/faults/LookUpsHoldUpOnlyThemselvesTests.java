package io.github.h2transport.faults;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.CallStyle;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Eight names whose look-up hung, and nobody could dial anything, not even an address.
 * Here it is an address filter of the application that hangs: it runs where look-ups do.
 */
class LookUpsHoldUpOnlyThemselvesTests {

	private static final int HANGING = 20;

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
			(exchange) -> exchange.respond(200, new byte[0]));

	private final Http2Transport transport = Transports.cleartext();

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountDownLatch hanging = new CountDownLatch(HANGING);

	@AfterEach
	void end() {
		this.release.countDown();
		this.transport.close();
		this.server.close();
	}

	@ParameterizedTest
	@CsvSource({ "BLOCKING,127.0.0.1", "BLOCKING,localhost", "ASYNCHRONOUS,127.0.0.1", "ASYNCHRONOUS,localhost" })
	void othersAreDialledMeanwhile(CallStyle style, String host) throws Exception {
		List<Call<Integer>> hung = new ArrayList<>();
		for (int i = 0; i < HANGING; i++) {
			CallOptions options = CallOptions.builder()
				.connectTimeout(Duration.ofSeconds(15))
				.addressFilter((name, address) -> hang())
				.build();
			hung.add(style.begin(this.transport,
					Http2Request.builder("GET", this.server.uri("/")).options(options).build()));
		}
		this.hanging.await();
		Call<Integer> other = style.begin(this.transport,
				Http2Request.get(URI.create("http://" + host + ":" + this.server.port() + "/")));
		assertThat(other.result()).isEqualTo(200);
		assertThat(hung).noneMatch(Call::isDone);
		this.release.countDown();
		assertThat(hung).allSatisfy((call) -> assertThat(call.result()).isEqualTo(200));
	}

	/** What hangs ends by its own limit. */
	@ParameterizedTest
	@CsvSource({ "BLOCKING", "ASYNCHRONOUS" })
	void whatHangsEndsByItsConnectTimeout(CallStyle style) {
		CallOptions options = CallOptions.builder()
			.connectTimeout(Duration.ofMillis(300))
			.addressFilter((name, address) -> hang())
			.build();
		Call<Integer> call = style.begin(this.transport,
				Http2Request.builder("GET", this.server.uri("/")).options(options).build());
		assertThat(call.failure(Http2TimeoutException.class)).hasMessageContaining("resolving the host name")
			.hasMessageContaining("connectTimeout of 300 ms");
		await().until(() -> Transports.connections(this.transport).isEmpty());
	}

	private boolean hang() {
		this.hanging.countDown();
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			return false;
		}
		return true;
	}

}
