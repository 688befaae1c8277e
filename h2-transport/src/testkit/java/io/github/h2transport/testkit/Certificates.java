package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
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

	private Certificates(Path folder, List<String> key, String commonName, String subjectAlternativeName) {
		this.keyStore = folder.resolve("server.p12");
		this.certificate = folder.resolve("server.crt");
		this.privateKey = folder.resolve("server.key");
		try {
			List<String> arguments = new ArrayList<>(List.of("-genkeypair", "-alias", ALIAS, "-validity", "30",
					"-dname", "CN=" + commonName, "-ext", "san=" + subjectAlternativeName, "-storetype", "PKCS12",
					"-keystore", this.keyStore.toString(), "-storepass", PASSWORD));
			arguments.addAll(key);
			keytool(arguments);
			KeyStore keys = load(this.keyStore);
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
	 * Returns a certificate of {@code localhost} and {@code 127.0.0.1} with an RSA key.
	 * @return the same each time
	 */
	public static Certificates rsa() {
		return Rsa.INSTANCE;
	}

	/**
	 * Returns a certificate of {@code localhost} that was valid until two days ago,
	 * issued by an authority that is trusted by those who trust this.
	 * @return the same each time
	 */
	public static Certificates expired() {
		return Expired.INSTANCE;
	}

	/**
	 * Returns the certificate of a client.
	 * @return the same each time
	 */
	public static Certificates client() {
		return Client.INSTANCE;
	}

	/**
	 * Returns a certificate of {@code *.example.test}, {@code exact.test},
	 * {@code 127.0.0.1} and {@code ::1}, but not of its common name {@code cn.test} (RFC
	 * 9110 section 4.3.4).
	 * @return the same each time
	 */
	public static Certificates wildcard() {
		return Wildcard.INSTANCE;
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

	/**
	 * Makes a context that presents this certificate.
	 * @param trusted whose certificates it accepts from the other side
	 * @return a new context, for a server or a client, with no session to resume
	 */
	public SSLContext contextTrusting(Certificates trusted) {
		try {
			KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keyManagers.init(load(this.keyStore), PASSWORD.toCharArray());
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers.getKeyManagers(), trust(load(trusted.keyStore)), null);
			return context;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("the JDK cannot use test certificates", ex);
		}
	}

	/**
	 * Makes a client's context like {@link #clientContext()}, with no session to resume.
	 * @return a new context without client certificate
	 */
	public SSLContext newClientContext() {
		try {
			return trusting(load(this.keyStore));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("the JDK cannot use test certificates", ex);
		}
	}

	private static KeyStore load(Path file) throws GeneralSecurityException, IOException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			keys.load(in, PASSWORD.toCharArray());
		}
		return keys;
	}

	private static TrustManager[] trust(KeyStore keys) throws GeneralSecurityException, IOException {
		KeyStore anchors = KeyStore.getInstance("PKCS12");
		anchors.load(null, null);
		Certificate[] chain = keys.getCertificateChain(ALIAS);
		anchors.setCertificateEntry(ALIAS, chain[chain.length - 1]);
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(anchors);
		return trust.getTrustManagers();
	}

	private static SSLContext trusting(KeyStore keys) throws GeneralSecurityException, IOException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust(keys), null);
		return context;
	}

	/** Replaces a certificate by an expired one that another key has signed. */
	private static void expire(Certificates server, Certificates authority) {
		Path folder = server.keyStore.getParent();
		String request = folder.resolve("request.pem").toString();
		Path reply = folder.resolve("reply.pem");
		try {
			keytool(List.of("-certreq", "-alias", ALIAS, "-keystore", server.keyStore.toString(), "-storepass",
					PASSWORD, "-file", request));
			keytool(List.of("-gencert", "-alias", ALIAS, "-keystore", authority.keyStore.toString(), "-storepass",
					PASSWORD, "-infile", request, "-outfile", reply.toString(), "-rfc", "-startdate", "-4d",
					"-validity", "2", "-ext", "san=dns:localhost"));
			KeyStore keys = load(server.keyStore);
			Certificate issued;
			try (InputStream in = Files.newInputStream(reply)) {
				issued = CertificateFactory.getInstance("X.509").generateCertificate(in);
			}
			Certificate[] chain = { issued, load(authority.keyStore).getCertificate(ALIAS) };
			keys.setKeyEntry(ALIAS, keys.getKey(ALIAS, PASSWORD.toCharArray()), PASSWORD.toCharArray(), chain);
			try (OutputStream out = Files.newOutputStream(server.keyStore)) {
				keys.store(out, PASSWORD.toCharArray());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("the JDK cannot make test certificates", ex);
		}
	}

	private static String pem(String label, byte[] der) {
		String base64 = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(der);
		return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
	}

	private static void keytool(List<String> arguments) throws IOException {
		List<String> command = new ArrayList<>(arguments);
		command.add(0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
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

	/**
	 * Makes a certificate for a server at an address.
	 * @param address an IP address
	 * @return a new certificate
	 */
	public static Certificates forAddress(String address) {
		return make("server", "ip:" + address);
	}

	private static Certificates make(String commonName, String subjectAlternativeName) {
		return make(List.of("-keyalg", "EC", "-groupname", "secp256r1"), commonName, subjectAlternativeName);
	}

	private static Certificates make(List<String> key, String commonName, String subjectAlternativeName) {
		Path folder = TemporaryFolder.create("h2-certificates-");
		Runtime.getRuntime().addShutdownHook(new Thread(() -> TemporaryFolder.delete(folder)));
		return new Certificates(folder, key, commonName, subjectAlternativeName);
	}

	private static final class Localhost {

		static final Certificates INSTANCE = make("localhost", "dns:localhost,ip:127.0.0.1,ip:::1");

	}

	private static final class WrongHost {

		static final Certificates INSTANCE = make("wrong.example", "dns:wrong.example");

	}

	private static final class Rsa {

		static final Certificates INSTANCE = make(List.of("-keyalg", "RSA", "-keysize", "2048"), "localhost",
				"dns:localhost,ip:127.0.0.1");

	}

	private static final class Client {

		static final Certificates INSTANCE = make("client", "dns:client.example");

	}

	private static final class Wildcard {

		static final Certificates INSTANCE = make("cn.test", "dns:*.example.test,dns:exact.test,ip:127.0.0.1,ip:::1");

	}

	private static final class Expired {

		static final Certificates INSTANCE = make("localhost", "dns:localhost");

		static {
			expire(INSTANCE, make(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-ext", "bc:c"), "authority",
					"dns:authority.example"));
		}

	}

}
