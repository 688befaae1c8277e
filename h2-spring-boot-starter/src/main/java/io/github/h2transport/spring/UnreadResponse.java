package io.github.h2transport.spring;

import org.springframework.http.client.reactive.ClientHttpResponse;

/** A response whose call may be cancelled before anybody reads it. */
interface UnreadResponse extends ClientHttpResponse {

	/** Frees what content that nobody reads would keep, and never disturbs a reader. */
	void releaseUnlessRead();

}
