package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import javax.net.SocketFactory;

import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * OkHttp with TCP_NODELAY, which it leaves off, and with no bound of its own on
 * asynchronous calls.
 */
public final class OkHttpBenchClient implements BenchClient {

	private final OkHttpClient client;

	public OkHttpBenchClient(ClientSettings settings) {
		Dispatcher dispatcher = new Dispatcher();
		dispatcher.setMaxRequests(settings.callers());
		dispatcher.setMaxRequestsPerHost(settings.callers());
		OkHttpClient.Builder builder = new OkHttpClient.Builder().dispatcher(dispatcher)
			.socketFactory(new NoDelay())
			.connectionPool(settings.isSingleUse() ? new ConnectionPool(0, 1, TimeUnit.MILLISECONDS)
					: new ConnectionPool(Math.max(5, settings.origins()), 5, TimeUnit.MINUTES));
		Trust tls = settings.tls();
		if (tls != null) {
			builder.protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
				.sslSocketFactory(tls.context().getSocketFactory(), tls.trustManager());
		}
		else {
			builder.protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
		}
		this.client = builder.build();
	}

	@Override
	public long call(BenchCall call) throws IOException {
		try (Response response = this.client.newCall(request(call)).execute()) {
			return read(call, response);
		}
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		CompletableFuture<Long> octets = new CompletableFuture<>();
		this.client.newCall(request(call)).enqueue(new Callback() {

			@Override
			public void onFailure(Call failed, IOException failure) {
				octets.completeExceptionally(failure);
			}

			@Override
			public void onResponse(Call answered, Response response) {
				try (response) {
					octets.complete(read(call, response));
				}
				catch (IOException ex) {
					octets.completeExceptionally(ex);
				}
			}

		});
		return octets;
	}

	@Override
	public Closeable stall(BenchCall call) throws IOException {
		return this.client.newCall(request(call)).execute();
	}

	private static long read(BenchCall call, Response response) throws IOException {
		if (call.isStreamed()) {
			InputStream in = response.body().byteStream();
			return call.read(response.code(), in);
		}
		return call.check(response.code(), response.body().bytes());
	}

	private static Request request(BenchCall call) {
		Request.Builder request = new Request.Builder().url(call.uri().toString());
		call.headers().forEach(request::addHeader);
		byte[] upload = call.upload();
		return ((upload != null) ? request.post(RequestBody.create(upload)) : request).build();
	}

	@Override
	public void close() {
		this.client.dispatcher().executorService().shutdown();
		this.client.connectionPool().evictAll();
	}

	/** Plain sockets that send at once. */
	private static final class NoDelay extends SocketFactory {

		@Override
		public Socket createSocket() throws IOException {
			Socket socket = new Socket();
			socket.setTcpNoDelay(true);
			return socket;
		}

		@Override
		public Socket createSocket(String host, int port) {
			throw connectedByOkHttp();
		}

		@Override
		public Socket createSocket(String host, int port, InetAddress local, int localPort) {
			throw connectedByOkHttp();
		}

		@Override
		public Socket createSocket(InetAddress address, int port) {
			throw connectedByOkHttp();
		}

		@Override
		public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
			throw connectedByOkHttp();
		}

		private static UnsupportedOperationException connectedByOkHttp() {
			return new UnsupportedOperationException("OkHttp connects its sockets itself");
		}

	}

}
