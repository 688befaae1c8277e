package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.io.IOException;

import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webclient.http2.Http2Client;
import io.helidon.webclient.http2.Http2ClientConfig;
import io.helidon.webclient.http2.Http2ClientRequest;
import io.helidon.webclient.http2.Http2ClientResponse;

/**
 * Helidon, which has no asynchronous calls, with TCP_NODELAY, which it leaves off.
 */
public final class HelidonClient implements BenchClient {

	// 65,535 is its default, with which a download waits for the server
	private static final int STREAM_WINDOW = 1024 * 1024;

	private final Http2Client client;

	public HelidonClient(ClientSettings settings) {
		settings.refuseSingleUse();
		Http2ClientConfig.Builder builder = Http2Client.builder()
			.shareConnectionCache(false)
			.socketOptions((options) -> options.tcpNoDelay(true))
			.protocolConfig((http2) -> http2.priorKnowledge(settings.tls() == null).initialWindowSize(STREAM_WINDOW));
		Trust tls = settings.tls();
		if (tls != null) {
			builder.tls(Tls.builder().sslContext(tls.context()).addApplicationProtocol("h2").build());
		}
		this.client = builder.build();
	}

	@Override
	public long call(BenchCall call) throws IOException {
		try (Http2ClientResponse response = send(call)) {
			return call.read(response.status().code(), response.inputStream());
		}
	}

	@Override
	public Closeable stall(BenchCall call) {
		return send(call)::close;
	}

	private Http2ClientResponse send(BenchCall call) {
		byte[] upload = call.upload();
		Http2ClientRequest request = this.client.method((upload != null) ? Method.POST : Method.GET).uri(call.uri());
		call.headers().forEach((name, value) -> request.header(HeaderNames.create(name), value));
		return (upload != null) ? request.submit(upload) : request.request();
	}

	@Override
	public void close() {
		this.client.closeResource();
	}

}
