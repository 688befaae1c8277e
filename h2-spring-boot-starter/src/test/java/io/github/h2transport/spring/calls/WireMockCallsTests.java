package io.github.h2transport.spring.calls;

import java.net.URI;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.Content;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.binaryEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;

class WireMockCallsTests extends ServerCalls {

	private WireMockServer server;

	@Override
	void startServers() {
		this.server = new WireMockServer(WireMockConfiguration.options()
			.bindAddress("127.0.0.1")
			.dynamicPort()
			.dynamicHttpsPort()
			.keystorePath(Certificates.localhost().keyStore().toString())
			.keystoreType("PKCS12")
			.keystorePassword(Certificates.PASSWORD)
			.keyManagerPassword(Certificates.PASSWORD));
		this.server.start();
		byte[] content = Content.ofSize(ECHO_SIZE);
		this.server.stubFor(get(GET_PATH).willReturn(aResponse().withBody(Content.ofSize(GET_SIZE))));
		this.server.stubFor(head(urlEqualTo(GET_PATH))
			.willReturn(aResponse().withHeader("content-length", Integer.toString(GET_SIZE))));
		this.server.stubFor(get(NO_CONTENT_PATH).willReturn(aResponse().withStatus(204)));
		this.server.stubFor(get(NOT_MODIFIED_PATH).willReturn(aResponse().withStatus(304)));
		this.server
			.stubFor(post(ECHO_PATH).withRequestBody(binaryEqualTo(content)).willReturn(aResponse().withBody(content)));
	}

	@Override
	void stopServers() {
		if (this.server != null) {
			this.server.stop();
		}
	}

	@Override
	URI uri(String scheme, String path) {
		int port = "https".equals(scheme) ? this.server.httpsPort() : this.server.port();
		return URI.create(scheme + "://localhost:" + port + path);
	}

}
