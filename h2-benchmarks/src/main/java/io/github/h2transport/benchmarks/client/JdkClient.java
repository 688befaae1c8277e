package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletionStage;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.JdkClientHttpConnector;

/** The JDK's {@code HttpClient}, which has no prior knowledge: TLS only. */
public final class JdkClient implements BenchClient {

	private final HttpClient client;

	public JdkClient(ClientSettings settings) {
		this.client = client(settings);
	}

	static HttpClient client(ClientSettings settings) {
		settings.refuseSingleUse();
		Trust tls = settings.tls();
		if (tls == null) {
			throw new UnsupportedOperationException("no prior knowledge");
		}
		return HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(tls.context()).build();
	}

	@Override
	public long call(BenchCall call) throws IOException, InterruptedException {
		if (call.isStreamed()) {
			HttpResponse<InputStream> response = this.client.send(request(call), BodyHandlers.ofInputStream());
			return call.read(response.statusCode(), response.body());
		}
		HttpResponse<byte[]> response = this.client.send(request(call), BodyHandlers.ofByteArray());
		return call.check(response.statusCode(), response.body());
	}

	@Override
	public CompletionStage<Long> callAsync(BenchCall call) {
		return this.client.sendAsync(request(call), BodyHandlers.ofByteArray()).thenApply((response) -> {
			try {
				return call.check(response.statusCode(), response.body());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	@Override
	public Closeable stall(BenchCall call) throws IOException, InterruptedException {
		return this.client.send(request(call), BodyHandlers.ofInputStream()).body();
	}

	private static HttpRequest request(BenchCall call) {
		HttpRequest.Builder request = HttpRequest.newBuilder(call.uri());
		call.headers().forEach(request::header);
		byte[] upload = call.upload();
		return ((upload != null) ? request.POST(BodyPublishers.ofByteArray(upload)) : request.GET()).build();
	}

	/** {@code RestClient} over the JDK's client. */
	public static final class Rest extends SpringRestClient {

		public Rest(ClientSettings settings) {
			super(new JdkClientHttpRequestFactory(client(settings)), () -> {
			});
		}

	}

	/** {@code WebClient} over the JDK's client. */
	public static final class Web extends SpringWebClient {

		public Web(ClientSettings settings) {
			super(new JdkClientHttpConnector(client(settings)), () -> {
			});
		}

	}

}
