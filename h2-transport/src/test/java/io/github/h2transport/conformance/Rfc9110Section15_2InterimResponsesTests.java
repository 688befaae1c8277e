package io.github.h2transport.conformance;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.h2transport.Headers;
import io.github.h2transport.Http2Request;
import io.github.h2transport.StreamException;
import io.github.h2transport.testkit.Call;
import io.github.h2transport.testkit.ScriptedConn;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.testkit.peer.Exchange;
import io.github.h2transport.testkit.peer.WirePeer;
import io.github.h2transport.transport.Http2Transport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.testkit.peer.WirePeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9110 section 15.2: responses that are not final. */
@Timeout(30)
@ExtendWith(ClosesPeers.class)
class Rfc9110Section15_2InterimResponsesTests {

	private final WirePeer peer = new WirePeer().greet();

	@Test
	void anyNumberOfInterimResponsesMayComeFirst() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		for (int i = 0; i < 10; i++) {
			this.peer.send(headers(1).status(103).with("link", "</" + i + ".css>"));
			assertThat(call.isDone()).as("has its response").isFalse();
		}
		this.peer.send(headers(1).status(200).with("a", "b").endStream());
		call.hasStatus(200);
		assertThat(call.response().headers()).isEqualTo(Headers.of("a", "b"));
		this.peer.isAtRest();
	}

	@Test
	void unknownInterimResponsesArePassedOver() throws Exception {
		Exchange call = this.peer.call(get("/a"));
		this.peer.send(headers(1).status(199), headers(1).status(150).with("x", "y"),
				headers(1).status(204).endStream());
		call.hasStatus(204);
	}

	@Test
	void theCallersListenerHearsThemAllInOrder() throws Exception {
		List<String> heard = new CopyOnWriteArrayList<>();
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Http2Request request = Http2Request.builder("GET", server.uri("/"))
				.informational((status, fields) -> heard.add(status + " " + fields.get("link")))
				.build();
			Call<String> call = Call.of(() -> Transports.exchange(transport, request));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respondHead(stream, 100).respondHead(stream, 103, "link", "</a.css>");
			connection.respondHead(stream, 102).respond(stream, 200);
			assertThat(call.result()).isEqualTo("200");
			Awaitility.await().until(() -> heard.size() == 3);
			assertThat(heard).containsExactly("100 null", "103 </a.css>", "102 null");
		}
	}

	@Test
	void aMalformedInterimResponseIsHeardByNobody() throws Exception {
		List<Integer> heard = new CopyOnWriteArrayList<>();
		try (Http2Transport transport = Transports.cleartext(); ScriptedServer server = ScriptedServer.start()) {
			Http2Request request = Http2Request.builder("GET", server.uri("/"))
				.informational((status, fields) -> heard.add(status))
				.build();
			Call<String> call = Call.of(() -> Transports.exchange(transport, request));
			ScriptedConn connection = server.greeted();
			int stream = connection.awaitHead().streamId();
			connection.respondHead(stream, 103, "link", "a\nb");
			call.failure(StreamException.class);
			connection.barrier();
			assertThat(heard).isEmpty();
		}
	}

}
