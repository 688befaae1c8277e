package io.github.h2transport.benchmarks.client;

import io.github.h2transport.spring.Http2ClientHttpConnector;
import io.github.h2transport.transport.Http2Transport;

/** {@code WebClient} over this project's transport. */
public final class CoreWebClient extends SpringWebClient {

	public CoreWebClient(ClientSettings settings) {
		this(CoreClient.transport(settings));
	}

	private CoreWebClient(Http2Transport transport) {
		super(new Http2ClientHttpConnector(transport), transport);
	}

}
