package io.github.h2transport.conn;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.TransportOptions;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS engines as HTTP/2 wants them (RFC 9113 section 9.2): ALPN h2, the host name
 * verified, TLS 1.2 with strong cipher suites or TLS 1.3, no renegotiation.
 */
final class TlsEngines {

	private static final Pattern IPV4_ADDRESS = Pattern.compile("[0-9.]+");

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	private final TransportOptions defaults;

	TlsEngines(TransportOptions defaults) {
		this.defaults = defaults;
	}

	SSLEngine create(ConnectionKey key) throws SSLException {
		TlsOptions options = (key.tls() != null) ? key.tls() : this.defaults.forOrigin(key.origin()).tls();
		SSLContext context = (options != null) ? options.context() : defaultContext();
		String name = nameOnCertificate(key.origin().host());
		SSLEngine engine = context.createSSLEngine(name, key.origin().port());
		engine.setUseClientMode(true);
		SSLParameters parameters = engine.getSSLParameters();
		parameters.setProtocols(protocols(options, parameters.getProtocols()));
		parameters.setCipherSuites(cipherSuites(options, parameters.getCipherSuites()));
		parameters.setApplicationProtocols(new String[] { "h2" });
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		askFor(name, parameters);
		engine.setSSLParameters(parameters);
		return engine;
	}

	/** The dot that ends an absolute name is of DNS alone (RFC 6066 section 3). */
	private static String nameOnCertificate(String host) {
		return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
	}

	/**
	 * Sends SNI, which RFC 9113 section 9.2 demands; left alone, JSSE does so only for
	 * names with a dot. Literal addresses are not permitted there.
	 */
	private static void askFor(String name, SSLParameters parameters) {
		if (name.indexOf(':') >= 0 || IPV4_ADDRESS.matcher(name).matches()) {
			return;
		}
		try {
			parameters.setServerNames(List.of(new SNIHostName(name)));
		}
		catch (IllegalArgumentException ex) {
			// No legal host name, such as one with an underscore: it can be verified, but
			// not be asked for.
		}
	}

	private static SSLContext defaultContext() throws SSLException {
		try {
			return SSLContext.getDefault();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new SSLException("The JVM has no default TLS context", ex);
		}
	}

	private static String[] protocols(@Nullable TlsOptions options, String[] enabled) throws SSLException {
		List<String> wanted = (options != null && options.protocols() != null) ? options.protocols()
				: Arrays.asList(enabled);
		List<String> usable = wanted.stream().filter(PROTOCOLS::contains).toList();
		if (usable.isEmpty()) {
			throw new SSLException("HTTP/2 needs TLSv1.2 or TLSv1.3, but only " + wanted + " may be used");
		}
		return usable.toArray(String[]::new);
	}

	private static String[] cipherSuites(@Nullable TlsOptions options, String[] enabled) throws SSLException {
		List<String> wanted = (options != null && options.ciphers() != null) ? options.ciphers()
				: Arrays.asList(enabled);
		List<String> usable = new ArrayList<>();
		for (String suite : wanted) {
			if (isAllowed(suite)) {
				usable.add(suite);
			}
		}
		if (usable.isEmpty()) {
			throw new SSLException("None of the cipher suites " + wanted
					+ " may be used with HTTP/2 (RFC 9113 section 9.2.2): it needs ephemeral keys and AEAD");
		}
		return usable.toArray(String[]::new);
	}

	/** What RFC 9113 appendix A leaves over: ephemeral key exchange with AEAD. */
	static boolean isAllowed(String suite) {
		if (suite.startsWith("TLS_AES_") || suite.startsWith("TLS_CHACHA20_")) {
			return true;
		}
		boolean ephemeral = suite.startsWith("TLS_ECDHE_") || suite.startsWith("TLS_DHE_");
		boolean aead = suite.contains("_GCM_") || suite.contains("_CHACHA20_") || suite.contains("_CCM");
		return ephemeral && aead;
	}

}
