package io.github.h2transport.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Servers that stand as gateways before an {@link Upstream}: HTTP/2 in front, HTTP/1.1
 * behind.
 */
public enum GatewayKind implements ServerProgram {

	NGINX("nginx") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String tls = (certificates != null) ? "ssl_certificate " + certificates.certificate()
					+ "; ssl_certificate_key " + certificates.privateKey() + ";" : "";
			// With a master, which reloading needs. A worker of another user could not
			// write into the folder.
			Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
					daemon off;
					%8$s
					worker_processes 1;
					pid %1$s/nginx.pid;
					error_log %1$s/error.log warn;
					events { worker_connections 2048; }
					http {
						access_log off;
						client_body_temp_path %1$s/body;
						proxy_temp_path %1$s/proxy;
						fastcgi_temp_path %1$s/fastcgi;
						uwsgi_temp_path %1$s/uwsgi;
						scgi_temp_path %1$s/scgi;
						client_max_body_size 1g;
						upstream behind { server 127.0.0.1:%7$d; keepalive 100; }
						server {
							listen 127.0.0.1:%2$d%3$s http2;
							%4$s
							http2_max_concurrent_streams %5$d;
							keepalive_requests %6$d;
							location / {
								proxy_pass http://behind;
								proxy_http_version 1.1;
								proxy_set_header Connection "";
							}
						}
					}
					""".formatted(folder, port, (certificates != null) ? " ssl" : "", tls, options.maxConcurrentStreams,
					options.keepaliveRequests, options.upstreamPort, ROOT ? "user root;" : ""));
			return List.of(program.toString(), "-e", folder.resolve("error.log").toString(), "-p", folder + "/", "-c",
					configuration.toString());
		}

		@Override
		public List<String> reload(Path program, Path folder, long pid) {
			return List.of("kill", "-HUP", String.valueOf(pid));
		}

	},

	HAPROXY("haproxy") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String protocol = "proto h2";
			if (certificates != null) {
				Path both = Files.writeString(folder.resolve("both.pem"),
						Files.readString(certificates.certificate()) + Files.readString(certificates.privateKey()));
				protocol = "ssl crt " + both + " alpn h2";
			}
			Path configuration = Files.writeString(folder.resolve("haproxy.cfg"), """
					global
						maxconn 2000
						stats socket %1$s/stats.sock expose-fd listeners
						tune.h2.max-concurrent-streams %4$d
					defaults
						mode http
						timeout connect 5s
						timeout client 60s
						timeout server 60s
					frontend front
						bind 127.0.0.1:%2$d %3$s
						default_backend behind
					backend behind
						server upstream 127.0.0.1:%5$d
					""".formatted(folder, port, protocol, options.maxConcurrentStreams, options.upstreamPort));
			return List.of(program.toString(), "-W", "-db", "-f", configuration.toString());
		}

		@Override
		public List<String> reload(Path program, Path folder, long pid) {
			return List.of("kill", "-USR2", String.valueOf(pid));
		}

	},

	H2O("h2o") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String tls = (certificates == null) ? "" : "  ssl:\n    certificate-file: " + certificates.certificate()
					+ "\n    key-file: " + certificates.privateKey() + "\n";
			Path configuration = Files.writeString(folder.resolve("h2o.conf"), """
					%s
					num-threads: 1
					listen:
					  host: 127.0.0.1
					  port: %d
					%shosts:
					  default:
					    paths:
					      /:
					        proxy.reverse.url: http://127.0.0.1:%d/
					""".formatted(ROOT ? "user: root" : "", port, tls, options.upstreamPort));
			return List.of(program.toString(), "-c", configuration.toString());
		}

	},

	APACHE("apache2") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			List<String> modules = new ArrayList<>(List.of("mpm_event", "authz_core", "http2", "proxy", "proxy_http"));
			String tls = "Protocols h2c";
			if (certificates != null) {
				modules.add("ssl");
				tls = "Protocols h2\nSSLEngine on\nSSLCertificateFile " + certificates.certificate()
						+ "\nSSLCertificateKeyFile " + certificates.privateKey();
			}
			StringBuilder load = new StringBuilder();
			modules.forEach((module) -> load
				.append("LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so%n".formatted(module)));
			Path configuration = Files.writeString(folder.resolve("apache.conf"), """
					%1$s
					ServerRoot %2$s
					DefaultRuntimeDir %2$s
					PidFile %2$s/apache.pid
					ErrorLog %2$s/error.log
					ServerName 127.0.0.1
					Listen 127.0.0.1:%3$d
					User www-data
					Group www-data
					StartServers 1
					ServerLimit 4
					ThreadsPerChild 64
					MaxRequestWorkers 256
					%4$s
					H2MaxSessionStreams %5$d
					ProxyPass / http://127.0.0.1:%6$d/
					""".formatted(load, folder, port, tls, options.maxConcurrentStreams, options.upstreamPort));
			return List.of(program.toString(), "-D", "FOREGROUND", "-f", configuration.toString());
		}

		@Override
		public List<String> reload(Path program, Path folder, long pid) {
			return List.of("kill", "-USR1", String.valueOf(pid));
		}

	},

	CADDY("caddy") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			Certificates certificates = options.certificates;
			String tls = (certificates != null) ? "tls " + certificates.certificate() + " " + certificates.privateKey()
					: "";
			Path configuration = Files.writeString(folder.resolve("Caddyfile"), """
					{
						admin unix/%1$s/admin.sock
						auto_https off
						servers {
							protocols h1 h2 h2c
						}
					}
					%2$s://127.0.0.1:%3$d {
						bind 127.0.0.1
						%4$s
						reverse_proxy 127.0.0.1:%5$d
					}
					""".formatted(folder, (certificates != null) ? "https" : "http", port, tls, options.upstreamPort));
			return List.of("/usr/bin/env", "HOME=" + folder, "XDG_DATA_HOME=" + folder, "XDG_CONFIG_HOME=" + folder,
					program.toString(), "run", "--adapter", "caddyfile", "--config", configuration.toString());
		}

		@Override
		public List<String> reload(Path program, Path folder, long pid) {
			return List.of(program.toString(), "reload", "--force", "--adapter", "caddyfile", "--config",
					folder.resolve("Caddyfile").toString(), "--address", "unix/" + folder + "/admin.sock");
		}

	};

	private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

	private final String program;

	GatewayKind(String program) {
		this.program = program;
	}

	@Override
	public String program() {
		return this.program;
	}

	/**
	 * Returns whether the server can take its configuration anew while it serves.
	 * @return {@code false} for h2o, which leaves that to another program
	 */
	public boolean canReload() {
		return this != H2O;
	}

}
