package io.github.h2transport.benchmarks.client;

import java.io.Closeable;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;

/** Calls through {@code RestClient}, whatever is below it. */
class SpringRestClient implements BenchClient {

	private final ClientHttpRequestFactory requestFactory;

	private final RestClient restClient;

	private final AutoCloseable below;

	SpringRestClient(ClientHttpRequestFactory requestFactory, AutoCloseable below) {
		this.requestFactory = requestFactory;
		this.restClient = RestClient.builder().requestFactory(requestFactory).build();
		this.below = below;
	}

	@Override
	public long call(BenchCall call) throws Exception {
		byte[] upload = call.upload();
		RestClient.RequestBodySpec request = this.restClient.method((upload != null) ? HttpMethod.POST : HttpMethod.GET)
			.uri(call.uri());
		if (!call.headers().isEmpty()) {
			request.headers((headers) -> call.headers().forEach(headers::add));
		}
		if (upload != null) {
			request.body(upload);
		}
		return switch (call.answer()) {
			case BYTES -> call.check(200, request.retrieve().body(byte[].class));
			case JSON -> call.check(request.retrieve().body(BenchCall.Item.class));
			case STREAMED -> request.exchangeForRequiredValue(
					(sent, response) -> call.read(response.getStatusCode().value(), response.getBody()));
		};
	}

	@Override
	public Closeable stall(BenchCall call) throws Exception {
		ClientHttpResponse response = this.requestFactory.createRequest(call.uri(), HttpMethod.GET).execute();
		response.getBody();
		return response;
	}

	@Override
	public void close() throws Exception {
		this.below.close();
	}

}
