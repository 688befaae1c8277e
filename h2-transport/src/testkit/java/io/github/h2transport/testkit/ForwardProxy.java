package io.github.h2transport.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An apache2 that opens tunnels by {@code CONNECT} to any port.
 *
 * @param username who may use it, with the password, by the Basic scheme; {@code null}
 * for everybody
 * @param password the password
 */
record ForwardProxy(@Nullable String username, @Nullable String password) implements ServerProgram {

	@Override
	public String program() {
		return "apache2";
	}

	@Override
	public List<String> command(Path program, Path folder, int port, RealServer.Builder options) throws IOException {
		StringBuilder load = new StringBuilder();
		for (String module : List.of("mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic",
				"proxy", "proxy_connect")) {
			load.append("LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so%n".formatted(module));
		}
		String access = "Require all granted";
		if (this.username != null) {
			Path users = Files.writeString(folder.resolve("users"),
					this.username + ":{SHA}" + sha1(String.valueOf(this.password)) + "\n");
			// The workers are another user.
			Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
			Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
			access = "AuthType Basic\nAuthName tunnels\nAuthUserFile " + users + "\nRequire valid-user";
		}
		Path configuration = Files.writeString(folder.resolve("proxy.conf"), """
				%1$s
				ServerRoot %2$s
				DefaultRuntimeDir %2$s
				PidFile %2$s/apache.pid
				ErrorLog %2$s/error.log
				ServerName 127.0.0.1
				Listen 127.0.0.1:%3$d
				User www-data
				Group www-data
				ProxyRequests On
				AllowCONNECT 1-65535
				<Proxy "*">
				%4$s
				</Proxy>
				""".formatted(load, folder, port, access));
		return List.of(program.toString(), "-D", "FOREGROUND", "-f", configuration.toString());
	}

	/** As the program's own password files have it. */
	private static String sha1(String password) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-1");
			return Base64.getEncoder().encodeToString(digest.digest(password.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
