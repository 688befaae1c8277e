package io.github.h2transport.sample;

import java.net.URI;
import java.util.concurrent.Semaphore;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Keeps streams open for a while, so that the endpoint has something to show. */
@Component
class HeldStreams {

	/** Each one blocks a thread of this application. */
	static final int MAX = 50;

	private static final Log logger = LogFactory.getLog(HeldStreams.class);

	private final Targets targets;

	private final RestClient client;

	private final Semaphore free = new Semaphore(MAX);

	HeldStreams(Targets targets, RestClient.Builder builder, RestClientSsl ssl) {
		this.targets = targets;
		this.client = builder.apply(ssl.fromBundle(TlsConfiguration.BUNDLE)).build();
	}

	/**
	 * Opens streams, whose answers come after a while.
	 * @param streams how many
	 * @param seconds how long
	 * @param tls whether over TLS
	 * @return {@code false} if there would be more than {@link #MAX}
	 */
	boolean hold(int streams, int seconds, boolean tls) {
		if (!this.free.tryAcquire(streams)) {
			return false;
		}
		URI uri = this.targets.self(tls, "/slow?seconds=" + seconds);
		for (int i = 0; i < streams; i++) {
			Thread thread = new Thread(() -> holdOne(uri), "held-stream");
			thread.setDaemon(true);
			thread.start();
		}
		return true;
	}

	private void holdOne(URI uri) {
		try {
			this.client.get().uri(uri).retrieve().toBodilessEntity();
		}
		catch (RestClientException ex) {
			logger.warn("A held stream ended early: " + ex.getMessage());
		}
		finally {
			this.free.release();
		}
	}

}
