package io.github.h2transport.benchmarks.client;

import io.github.h2transport.spring.Http2ClientHttpRequestFactory;
import io.github.h2transport.transport.Http2Transport;

/** {@code RestClient} over this project's transport. */
public final class CoreRestClient extends SpringRestClient {

	public CoreRestClient(ClientSettings settings) {
		this(CoreClient.transport(settings));
	}

	private CoreRestClient(Http2Transport transport) {
		super(new Http2ClientHttpRequestFactory(transport), transport);
	}

}
