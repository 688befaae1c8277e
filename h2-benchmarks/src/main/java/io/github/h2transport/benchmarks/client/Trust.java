package io.github.h2transport.benchmarks.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
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
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, factory.getTrustManagers(), null);
		return new Trust(certificate, (X509TrustManager) factory.getTrustManagers()[0], context);
	}

}
