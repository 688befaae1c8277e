package io.github.h2transport.spring.calls;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.h2transport.Http2Request;
import io.github.h2transport.testkit.Certificates;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

class JettyCallsTests extends ServerCalls {

	private JettyServer plain;

	private JettyServer secure;

	@Override
	void startServers() {
		this.plain = JettyServer.h2c();
		this.secure = JettyServer.tls(Certificates.localhost());
	}

	@Override
	void stopServers() {
		if (this.plain != null) {
			this.plain.close();
		}
		if (this.secure != null) {
			this.secure.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void anInterimResponseIsHeardAndTheFinalOneIsTheAnswer(String scheme) {
		List<String> hints = new CopyOnWriteArrayList<>();

		Mono<String> answer = webClient().get()
			.uri(uri(scheme, "/hints"))
			.httpRequest((request) -> request.<Http2Request.Builder>getNativeRequest()
				.informational((status, headers) -> hints.add(status + " " + headers.get("link"))))
			.retrieve()
			.bodyToMono(String.class);

		assertThat(answer.block()).isEqualTo("after the hints");
		assertThat(hints).containsExactly("103 </style.css>");
	}

	@Override
	URI uri(String scheme, String path) {
		return ("https".equals(scheme) ? this.secure : this.plain).uri(path);
	}

}
