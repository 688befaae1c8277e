package io.github.h2transport.conformance;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import javax.net.ssl.SSLContext;

import io.github.h2transport.ConnectFailedException;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.RawPeer;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.tls.ClientHello;
import io.github.h2transport.testkit.tls.TlsClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 9.2.2 and appendix A: cipher suites of TLS 1.2. */
@Timeout(120)
class Section9_2_2CipherSuitesTests {

	@Test
	void theSuiteThatEveryoneMustSupportWorks() throws Exception {
		TlsOptions one = TlsOptions.of(Certificates.rsa().newClientContext(), List.of("TLSv1.2"),
				List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
		try (TlsPeer peer = TlsPeer.of(Certificates.rsa()).start(); TlsClient client = TlsClient.with(one)) {
			client.getsRight(peer.uri("/bytes/1000"));
			assertThat(client.tls().cipher()).isEqualTo("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLS_NULL_WITH_NULL_NULL", "TLS_RSA_WITH_AES_128_GCM_SHA256",
			"TLS_RSA_WITH_AES_256_CBC_SHA256", "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
			"TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
			"TLS_ECDHE_RSA_WITH_NULL_SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "TLS_PSK_WITH_AES_128_GCM_SHA256",
			"TLS_RSA_PSK_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_CCM", "SSL_RSA_WITH_3DES_EDE_CBC_SHA",
			"TLS_EMPTY_RENEGOTIATION_INFO_SCSV" })
	void aSuiteOfAppendixAIsNotOfferedEvenIfItIsWanted(String suite) throws Exception {
		TlsOptions wanted = TlsOptions.of(Certificates.rsa().newClientContext(), null,
				List.of(suite, "TLS_AES_128_GCM_SHA256"));
		assertThat(suitesOffered(wanted)).containsExactly("1301");
	}

	@Test
	void withNothingButSuitesOfAppendixAThereIsNoConnection() throws Exception {
		TlsOptions wanted = TlsOptions.of(Certificates.rsa().newClientContext(), null,
				List.of("TLS_RSA_WITH_AES_128_GCM_SHA256"));
		try (TlsPeer peer = TlsPeer.of(Certificates.rsa()).start(); TlsClient client = TlsClient.with(wanted)) {
			assertThat(client.failure(ConnectFailedException.class, peer.uri("/")))
				.hasMessageContaining("RFC 9113 section 9.2.2");
			assertThat(peer.ended().take().failure()).as("not even a ClientHello").isInstanceOf(IOException.class);
		}
	}

	@Test
	void ofAllThatTheJdkHasOnlyEphemeralAeadIsOffered() throws Exception {
		SSLContext context = Certificates.rsa().newClientContext();
		String[] all = context.getSupportedSSLParameters().getCipherSuites();
		assertThat(all).hasSizeGreaterThan(20);
		TlsOptions everything = TlsOptions.of(context, List.of("TLSv1.2"), Arrays.asList(all));
		// ECDHE and DHE, with AES-GCM or CHACHA20-POLY1305.
		assertThat(suitesOffered(everything)).isNotEmpty()
			.isSubsetOf("c02b", "c02c", "c02f", "c030", "cca8", "cca9", "ccaa", "009e", "009f", "00a2", "00a3");
	}

	private static List<String> suitesOffered(TlsOptions options) throws Exception {
		BlockingQueue<ClientHello> hellos = new LinkedBlockingQueue<>();
		try (RawPeer peer = RawPeer.start((socket) -> {
			hellos.add(ClientHello.read(socket.getInputStream()));
			socket.close();
		}); TlsClient client = TlsClient.with(options)) {
			client.failure(ConnectFailedException.class, peer.uri("/"));
			return hellos.take().cipherSuites();
		}
	}

}
