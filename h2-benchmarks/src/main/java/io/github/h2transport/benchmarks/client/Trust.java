package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trust in one certificate, in the forms that clients want it.
 *
 * @param certificate a PEM file
 * @param trustManager trusts it and nothing else
 * @param context uses the trust manager
 */
public record Trust(Path certificate, X509TrustManager trustManager, SSLContext context) {

	/**
	 * Reads a certificate.
	 * @param certificate a PEM file
	 * @return trust in it
	 * @throws IOException if it cannot be read
	 * @throws GeneralSecurityException if it is none
	 */
	public static Trust in(Path certificate) throws IOException, GeneralSecurityException {
		KeyStore anchors = KeyStore.getInstance("PKCS12");
		anchors.load(null, null);
		try (InputStream in = Files.newInputStream(certificate)) {
			anchors.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(in));
		}
		TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		factory.init(anchors);
		return of(certificate, (X509TrustManager) factory.getTrustManagers()[0]);
	}

	private static Trust of(Path certificate, X509TrustManager manager) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { manager }, null);
		return new Trust(certificate, manager, context);
	}

	/**
	 * Returns trust in the same certificate, whatever host it is shown by.
	 * @return for clients that leave the check of the host to the engine
	 * @throws GeneralSecurityException if there is no TLS
	 */
	public Trust atAnyHost() throws GeneralSecurityException {
		return of(this.certificate, new AnyHost(this.trustManager));
	}

	/** The engine does not check the host where a trust manager could have. */
	private static final class AnyHost extends X509ExtendedTrustManager {

		private final X509TrustManager chains;

		private AnyHost(X509TrustManager chains) {
			this.chains = chains;
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
			this.chains.checkServerTrusted(chain, authType);
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
				throws CertificateException {
			this.chains.checkServerTrusted(chain, authType);
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
				throws CertificateException {
			this.chains.checkServerTrusted(chain, authType);
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
			this.chains.checkClientTrusted(chain, authType);
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
				throws CertificateException {
			this.chains.checkClientTrusted(chain, authType);
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
				throws CertificateException {
			this.chains.checkClientTrusted(chain, authType);
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return this.chains.getAcceptedIssuers();
		}

	}

}
