package io.github.h2transport.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The servers that a test can start, each with the command line that makes it listen on a
 * loopback port and stay in the foreground.
 */
public enum ServerKind implements ServerProgram {

	NGINX("nginx") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options)
				throws IOException {
			// A killed nginx leaves its socket file behind, and the next one cannot bind
			// it.
			Files.deleteIfExists(folder.resolve("echo.sock"));
			Path configuration = folder.resolve("nginx.conf");
			Files.writeString(configuration, nginxConfiguration(folder, port, options));
			// -e: without it nginx tries the system's error log before it reads its
			// configuration
			return List.of(program.toString(), "-e", folder.resolve("error.log").toString(), "-p", folder + "/", "-c",
					configuration.toString());
		}

	},

	NGHTTPD("nghttpd") {

		@Override
		public List<String> command(Path program, Path folder, int port, RealServer.Builder options) {
			List<String> command = new ArrayList<>(List.of(program.toString(), "-a", options.address, "--echo-upload",
					"-m", String.valueOf(options.maxConcurrentStreams), "-d", folder.resolve("www").toString()));
			command.addAll(options.arguments);
			Certificates certificates = options.certificates;
			if (certificates == null) {
				command.addAll(List.of("--no-tls", String.valueOf(port)));
			}
			else {
				command.addAll(List.of(String.valueOf(port), certificates.privateKey().toString(),
						certificates.certificate().toString()));
			}
			return command;
		}

	};

	private final String program;

	ServerKind(String program) {
		this.program = program;
	}

	@Override
	public String program() {
		return this.program;
	}

	/*
	 * One process (master_process off), so that killing it kills all of it. "/echo"
	 * answers a request body with itself: nginx stores the body in a file and asks an
	 * inner server of its own for that file.
	 */
	private static String nginxConfiguration(Path folder, int port, RealServer.Builder options) {
		Certificates certificates = options.certificates;
		String tls = (certificates != null) ? "ssl_certificate " + certificates.certificate() + "; ssl_certificate_key "
				+ certificates.privateKey() + ";" : "";
		return """
				daemon off;
				master_process off;
				pid %1$s/nginx.pid;
				error_log %1$s/error.log info;
				events { worker_connections 2048; }
				http {
					access_log off;
					default_type application/octet-stream;
					client_body_temp_path %1$s/body;
					proxy_temp_path %1$s/proxy;
					fastcgi_temp_path %1$s/fastcgi;
					uwsgi_temp_path %1$s/uwsgi;
					scgi_temp_path %1$s/scgi;
					client_max_body_size 1g;
					server {
						listen 127.0.0.1:%2$d%3$s http2;
						%4$s
						http2_max_concurrent_streams %5$d;
						keepalive_requests %6$d;
						root %1$s/www;
						%7$s
						location = /echo {
							client_body_in_file_only clean;
							proxy_method GET;
							proxy_pass_request_body off;
							proxy_set_header Content-Length "";
							proxy_set_header Body-File $request_body_file;
							proxy_pass http://unix:%1$s/echo.sock:/;
						}
						location = /refuse-body { return 413; }
					}
					server {
						listen unix:%1$s/echo.sock;
						root /;
						location / {
							if ($http_body_file = "") { return 200; }
							rewrite ^ $http_body_file break;
						}
					}
				}
				""".formatted(folder, port, (certificates != null) ? " ssl" : "", tls, options.maxConcurrentStreams,
				options.keepaliveRequests, String.join("\n", options.arguments));
	}

}
