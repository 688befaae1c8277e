package io.github.h2transport.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;

/**
 * A key and certificate of {@code localhost} and {@code 127.0.0.1}, made anew at each
 * start by the JDK's own tool, so that no key is ever stored in the repository. The file
 * lives only while it is read.
 */
final class SelfSignedCertificate {

	private static final int KEYTOOL_SECONDS = 60; // a slow machine needs about two

	private static final String ALIAS = "localhost";

	private static final String PASSWORD_VARIABLE = "H2_SAMPLE_PASSWORD";

	private SelfSignedCertificate() {
	}

	/**
	 * Makes a certificate.
	 * @return key store and, since it is its own issuer, trust store in one
	 */
	static SslBundle create() {
		String password = UUID.randomUUID().toString();
		try {
			Path folder = Files.createTempDirectory("h2-sample-");
			Path file = folder.resolve("localhost.p12");
			try {
				runKeytool(file, password);
				return bundle(file, password);
			}
			finally {
				Files.deleteIfExists(file);
				Files.deleteIfExists(folder);
			}
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException("Could not make a certificate for localhost", ex);
		}
	}

	private static SslBundle bundle(Path file, String password) throws IOException, GeneralSecurityException {
		KeyStore keys = KeyStore.getInstance(file.toFile(), password.toCharArray());
		KeyStore trust = KeyStore.getInstance("PKCS12");
		trust.load(null, null);
		trust.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
		return SslBundle.of(SslStoreBundle.of(keys, password, trust), SslBundleKey.of(password));
	}

	private static void runKeytool(Path file, String password) throws IOException {
		Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
		ProcessBuilder command = new ProcessBuilder(keytool.toString(), "-genkeypair", "-alias", ALIAS, "-keyalg", "EC",
				"-groupname", "secp256r1", "-validity", "2", "-dname", "CN=localhost", "-ext",
				"san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore", file.toString(),
				"-storepass:env", PASSWORD_VARIABLE);
		// Not an argument: those are visible to every user of the machine.
		command.environment().put(PASSWORD_VARIABLE, password);
		command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
		Process process = command.start();
		try {
			if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new IOException("keytool of " + keytool.getParent() + " did not succeed");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while keytool was running", ex);
		}
		finally {
			process.destroyForcibly();
		}
	}

}
