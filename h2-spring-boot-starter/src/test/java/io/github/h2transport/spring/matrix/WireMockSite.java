package io.github.h2transport.spring.matrix;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import io.github.h2transport.testkit.Certificates;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;

/** WireMock with its own Jetty. */
final class WireMockSite implements RunningServer {

	private final WireMockServer server;

	WireMockSite() {
		this.server = new WireMockServer(WireMockConfiguration.options()
			.bindAddress("127.0.0.1")
			.dynamicPort()
			.dynamicHttpsPort()
			.keystorePath(Certificates.localhost().keyStore().toString())
			.keystoreType("PKCS12")
			.keystorePassword(Certificates.PASSWORD)
			.keyManagerPassword(Certificates.PASSWORD)
			// It would keep every upload.
			.disableRequestJournal()
			.extensions(new Echo()));
		this.server.start();
		this.server.stubFor(get(Site.CONTENT).willReturn(aResponse().withBody(Site.content())));
		this.server.stubFor(head(urlEqualTo(Site.CONTENT))
			.willReturn(aResponse().withHeader("content-length", Integer.toString(Site.SIZE))));
		this.server.stubFor(get(Site.LARGE).willReturn(aResponse().withBody(Site.large())));
		this.server.stubFor(post(Site.ECHO).willReturn(aResponse().withTransformers(Echo.NAME)));
		this.server.stubFor(post(Site.STORE).willReturn(aResponse().withTransformers(Echo.NAME)));
		this.server.stubFor(get(Site.NO_CONTENT).willReturn(aResponse().withStatus(204)));
		this.server.stubFor(get(Site.NOT_MODIFIED).willReturn(aResponse().withStatus(304)));
	}

	@Override
	public int port(boolean ofSecure) {
		return ofSecure ? this.server.httpsPort() : this.server.port();
	}

	@Override
	public void close() {
		this.server.stop();
	}

	private static final class Echo implements ResponseDefinitionTransformerV2 {

		static final String NAME = "echo";

		@Override
		public ResponseDefinition transform(ServeEvent event) {
			return aResponse().withBody(event.getRequest().getBody()).build();
		}

		@Override
		public boolean applyGlobally() {
			return false;
		}

		@Override
		public String getName() {
			return NAME;
		}

	}

}
