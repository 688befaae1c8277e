package io.github.h2transport.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Gateways as their Debian packages configure them: what their configuration files say
 * that bears on HTTP is here word for word, whatever it means for a client. Added is what
 * HTTP/2, a loopback port and an upstream need; left out is what needs the rights or the
 * folders of a system's service. No option of {@link RealServer.Builder} but the
 * certificate has an effect.
 */
public enum PackagedServer implements ServerProgram {

	/**
	 * {@code /etc/nginx/nginx.conf}. It keeps idle connections for 75 s, ends each after
	 * 1,000 requests, and allows contents of 1 MiB.
	 */
	NGINX("nginx") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String tls = (certificates != null) ? "ssl_certificate " + certificates.certificate()
					+ "; ssl_certificate_key " + certificates.privateKey() + ";" : "";
			Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
					daemon off;
					%1$s
					worker_processes auto;
					pid %2$s/nginx.pid;
					error_log %2$s/error.log;
					events { worker_connections 768; }
					http {
						sendfile on;
						tcp_nopush on;
						types_hash_max_size 2048;
						include /etc/nginx/mime.types;
						default_type application/octet-stream;
						ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
						ssl_prefer_server_ciphers on;
						access_log %2$s/access.log;
						gzip on;

						client_body_temp_path %2$s/body;
						proxy_temp_path %2$s/proxy;
						fastcgi_temp_path %2$s/fastcgi;
						uwsgi_temp_path %2$s/uwsgi;
						scgi_temp_path %2$s/scgi;
						server {
							listen 127.0.0.1:%3$d%4$s http2;
							%5$s
							location / { proxy_pass http://127.0.0.1:%6$d; }
						}
					}
					""".formatted(ROOT ? "user root;" : "", folder, port, (certificates != null) ? " ssl" : "", tls,
					options.upstreamPort));
			return List.of(program.toString(), "-e", folder.resolve("error.log").toString(), "-p", folder + "/", "-c",
					configuration.toString());
		}

	},

	/** {@code /etc/haproxy/haproxy.cfg}. It ends connections that are silent for 50 s. */
	HAPROXY("haproxy") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String protocol = "proto h2";
			if (certificates != null) {
				Path both = Files.writeString(folder.resolve("both.pem"),
						Files.readString(certificates.certificate()) + Files.readString(certificates.privateKey()));
				protocol = "ssl crt " + both + " alpn h2,http/1.1";
			}
			String ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
					+ "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
					+ "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";
			Path configuration = Files.writeString(folder.resolve("haproxy.cfg"), """
					global
						log /dev/log local0
						log /dev/log local1 notice
						ssl-default-bind-ciphers %5$s
						ssl-default-bind-ciphersuites %6$s
						ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
					defaults
						log global
						mode http
						option httplog
						option dontlognull
						timeout connect 5000
						timeout client 50000
						timeout server 50000
						errorfile 400 /etc/haproxy/errors/400.http
						errorfile 403 /etc/haproxy/errors/403.http
						errorfile 408 /etc/haproxy/errors/408.http
						errorfile 500 /etc/haproxy/errors/500.http
						errorfile 502 /etc/haproxy/errors/502.http
						errorfile 503 /etc/haproxy/errors/503.http
						errorfile 504 /etc/haproxy/errors/504.http
					frontend front
						bind 127.0.0.1:%1$d %2$s
						default_backend behind
					backend behind
						server %3$s 127.0.0.1:%4$d
					""".formatted(port, protocol, "upstream", options.upstreamPort, ciphers,
					"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"));
			return List.of(program.toString(), "-db", "-f", configuration.toString());
		}

	},

	/**
	 * {@code /etc/caddy/Caddyfile} has one site and no option, but for a site on port 80,
	 * which speaks no HTTP/2. It keeps idle connections for 5 minutes.
	 */
	CADDY("caddy") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String site = (certificates != null) ? """
					https://127.0.0.1:%2$d, https://localhost:%2$d {
						tls %3$s %4$s
					""" : """
					http://127.0.0.1:%2$d, http://localhost:%2$d {
					""";
			Path configuration = Files.writeString(folder.resolve("Caddyfile"), ("""
					{
						admin unix/%1$s/admin.sock
						auto_https off
						servers {
							protocols h1 h2 h2c
						}
					}
					""" + site + """
						bind 127.0.0.1
						reverse_proxy localhost:%5$d
					}
					""").formatted(folder, port, (certificates != null) ? certificates.certificate() : "",
					(certificates != null) ? certificates.privateKey() : "", options.upstreamPort));
			return List.of("/usr/bin/env", "HOME=" + folder, "XDG_DATA_HOME=" + folder, "XDG_CONFIG_HOME=" + folder,
					program.toString(), "run", "--adapter", "caddyfile", "--config", configuration.toString());
		}

	};

	private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

	private final String program;

	PackagedServer(String program) {
		this.program = program;
	}

	@Override
	public String program() {
		return this.program;
	}

}
