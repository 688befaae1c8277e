package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed server certificate with its private key, as PKCS12 for the JDK and as PEM
 * for other servers. A client that takes {@link #clientContext()} trusts it; any other
 * client must refuse it. Made once a JVM by the JDK's {@code keytool}, immutable.
 */
public final class Certificates {

	/** The password of every key store and key here. */
	public static final String PASSWORD = "changeit";

	private static final String ALIAS = "server";

	private static final int KEYTOOL_SECONDS = 60;

	private final Path keyStore;

	private final Path certificate;

	private final Path privateKey;

	private final SSLContext clientContext;

	private Certificates(Path folder, String commonName, String subjectAlternativeName) {
		this.keyStore = folder.resolve("server.p12");
		this.certificate = folder.resolve("server.crt");
		this.privateKey = folder.resolve("server.key");
		try {
			keytool("-genkeypair", "-alias", ALIAS, "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30",
					"-dname", "CN=" + commonName, "-ext", "san=" + subjectAlternativeName, "-storetype", "PKCS12",
					"-keystore", this.keyStore.toString(), "-storepass", PASSWORD);
			KeyStore keys = KeyStore.getInstance("PKCS12");
			try (InputStream in = Files.newInputStream(this.keyStore)) {
				keys.load(in, PASSWORD.toCharArray());
			}
			Files.writeString(this.certificate, pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
			Files.writeString(this.privateKey,
					pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
			this.clientContext = trusting(keys);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("the JDK cannot make test certificates", ex);
		}
	}

	/**
	 * Returns the certificate of {@code localhost}, {@code 127.0.0.1} and {@code ::1}.
	 * @return the same each time
	 */
	public static Certificates localhost() {
		return Localhost.INSTANCE;
	}

	/**
	 * Returns a certificate of {@code wrong.example}: trusted by its own context, but not
	 * the name of any server here (RFC 9110 section 4.3.4).
	 * @return the same each time
	 */
	public static Certificates wrongHost() {
		return WrongHost.INSTANCE;
	}

	/**
	 * Returns the key and certificate as a PKCS12 key store.
	 * @return a file, its password is {@link #PASSWORD}
	 */
	public Path keyStore() {
		return this.keyStore;
	}

	/**
	 * Returns the certificate, which is also its own trust anchor.
	 * @return a PEM file
	 */
	public Path certificate() {
		return this.certificate;
	}

	/**
	 * Returns the private key.
	 * @return an unencrypted PKCS#8 PEM file
	 */
	public Path privateKey() {
		return this.privateKey;
	}

	/**
	 * Returns a client's context that trusts this certificate and nothing else.
	 * @return a TLS context without client certificate
	 */
	public SSLContext clientContext() {
		return this.clientContext;
	}

	private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException, IOException {
		KeyStore anchors = KeyStore.getInstance("PKCS12");
		anchors.load(null, null);
		anchors.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(anchors);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

	private static String pem(String label, byte[] der) {
		String base64 = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(der);
		return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
	}

	private static void keytool(String... arguments) throws IOException {
		String[] command = new String[arguments.length + 1];
		command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
		System.arraycopy(arguments, 0, command, 1, arguments.length);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new IOException("keytool failed: " + output);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("interrupted while waiting for keytool", ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static Certificates make(String commonName, String subjectAlternativeName) {
		Path folder = TemporaryFolder.create("h2-certificates-");
		Runtime.getRuntime().addShutdownHook(new Thread(() -> TemporaryFolder.delete(folder)));
		return new Certificates(folder, commonName, subjectAlternativeName);
	}

	private static final class Localhost {

		static final Certificates INSTANCE = make("localhost", "dns:localhost,ip:127.0.0.1,ip:::1");

	}

	private static final class WrongHost {

		static final Certificates INSTANCE = make("wrong.example", "dns:wrong.example");

	}

}
