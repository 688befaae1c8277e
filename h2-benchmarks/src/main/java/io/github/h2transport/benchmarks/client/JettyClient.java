package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.MultiplexConnectionPool;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.reactive.JettyClientHttpConnector;

/** Jetty's client over one connection a server; its default is 64. */
public final class JettyClient implements BenchClient {

	private static final int HEAD_SECONDS = 60;

	// its own default is 2 MiB
	private static final int MAX_IN_MEMORY = 16 * 1024 * 1024;

	private final HttpClient client;

	public JettyClient(ClientSettings settings) throws Exception {
		this.client = client(settings);
	}

	static HttpClient client(ClientSettings settings) throws Exception {
		ClientConnector connector = new ClientConnector();
		Trust tls = settings.tls();
		if (tls != null) {
			SslContextFactory.Client ssl = new SslContextFactory.Client();
			ssl.setSslContext(tls.context());
			connector.setSslContextFactory(ssl);
		}
		HttpClientTransportOverHTTP2 transport = new HttpClientTransportOverHTTP2(new HTTP2Client(connector));
		if (settings.isSingleUse()) {
			transport.setConnectionPoolFactory((destination) -> {
				MultiplexConnectionPool pool = new MultiplexConnectionPool(destination, settings.callers(), 1);
				pool.setMaxUsage(1);
				return pool;
			});
		}
		HttpClient client = new HttpClient(transport);
		client.setMaxConnectionsPerDestination(settings.isSingleUse() ? settings.callers() : 1);
		client.setMaxRequestsQueuedPerDestination(Integer.MAX_VALUE);
		client.start();
		return client;
	}

	@Override
	public long call(BenchCall call) throws Exception {
		if (call.isStreamed()) {
			InputStreamResponseListener listener = new InputStreamResponseListener();
			request(call).send(listener);
			InputStream in = listener.getInputStream();
			return call.read(listener.get(HEAD_SECONDS, TimeUnit.SECONDS).getStatus(), in);
		}
		ContentResponse response = request(call).send();
		return call.check(response.getStatus(), response.getContent());
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		CompletableFuture<Long> octets = new CompletableFuture<>();
		request(call).send(new BufferingResponseListener(MAX_IN_MEMORY) {

			@Override
			public void onComplete(Result result) {
				Throwable failure = result.getFailure();
				try {
					if (failure == null) {
						octets.complete(call.check(result.getResponse().getStatus(), getContent()));
						return;
					}
				}
				catch (IOException ex) {
					failure = ex;
				}
				octets.completeExceptionally(failure);
			}

		});
		return octets;
	}

	@Override
	public Closeable stall(BenchCall call) throws Exception {
		InputStreamResponseListener listener = new InputStreamResponseListener();
		request(call).send(listener);
		InputStream in = listener.getInputStream();
		listener.get(HEAD_SECONDS, TimeUnit.SECONDS);
		return in;
	}

	private Request request(BenchCall call) {
		Request request = this.client.newRequest(call.uri());
		if (!call.headers().isEmpty()) {
			request.headers((headers) -> call.headers().forEach(headers::add));
		}
		byte[] upload = call.upload();
		return (upload != null) ? request.method(HttpMethod.POST).body(new BytesRequestContent(upload)) : request;
	}

	@Override
	public void close() throws Exception {
		this.client.stop();
	}

	/** {@code RestClient} over Jetty. */
	public static final class Rest extends SpringRestClient {

		public Rest(ClientSettings settings) throws Exception {
			this(client(settings));
		}

		private Rest(HttpClient client) {
			super(new JettyClientHttpRequestFactory(client), client::stop);
		}

	}

	/** {@code WebClient} over Jetty. */
	public static final class Web extends SpringWebClient {

		public Web(ClientSettings settings) throws Exception {
			this(client(settings));
		}

		private Web(HttpClient client) {
			super(new JettyClientHttpConnector(client), client::stop);
		}

	}

}
