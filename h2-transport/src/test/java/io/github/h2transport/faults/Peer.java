package io.github.h2transport.faults;

import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;

import java.util.function.Consumer;

/** How a server is reached. */
enum Peer {

	CLEARTEXT {
		@Override
		ScriptedServer start() {
			return ScriptedServer.start();
		}
	},

	TLS {
		@Override
		ScriptedServer start() {
			return ScriptedServer.startTls(Certificates.localhost());
		}
	};

	abstract ScriptedServer start();

	/** A transport that trusts the server. */
	static Http2Transport transport(Consumer<TransportOptions.Builder> choice) {
		return builder(choice).build();
	}

	/** Makes a transport that trusts the server, with more to choose. */
	static Http2Transport.Builder builder(Consumer<TransportOptions.Builder> choice) {
		return Http2Transport.builder().options(Transports.options((options) -> {
			options.tls(TlsOptions.of(Certificates.localhost().clientContext()));
			choice.accept(options);
		}));
	}

}
