package io.github.h2transport.benchmarks.client;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;

import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/**
 * {@code RestClient} over HttpComponents and HTTP/1.1 with a connection for each caller:
 * what most applications have today.
 */
public final class ApacheHttp1RestClient extends SpringRestClient {

	public ApacheHttp1RestClient(ClientSettings settings) {
		this(client(settings));
	}

	private ApacheHttp1RestClient(CloseableHttpClient client) {
		super(new HttpComponentsClientHttpRequestFactory(client), client);
	}

	private static CloseableHttpClient client(ClientSettings settings) {
		PoolingHttpClientConnectionManagerBuilder connections = PoolingHttpClientConnectionManagerBuilder.create()
			.setMaxConnPerRoute(settings.callers())
			.setMaxConnTotal(settings.callers() * settings.origins());
		Trust tls = settings.tls();
		if (tls != null) {
			connections
				.setTlsSocketStrategy(ClientTlsStrategyBuilder.create().setSslContext(tls.context()).buildClassic());
		}
		return HttpClients.custom()
			.setConnectionManager(connections.build())
			.setConnectionReuseStrategy(settings.isSingleUse() ? (request, response, context) -> false
					: DefaultConnectionReuseStrategy.INSTANCE)
			.build();
	}

}
