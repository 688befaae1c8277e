package io.github.h2transport.benchmarks.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.github.h2transport.benchmarks.client.BenchCall;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.LongPath;
import io.github.h2transport.testkit.Relay;

/**
 * All servers of a run, with one worker each, and the long paths to them. Confined to the
 * comparison's thread.
 */
final class Servers implements AutoCloseable {

	// the default of nginx
	private static final int STREAMS = 128;

	private static final int MANY_STREAMS = 1024;

	private final Certificates certificates = Certificates.localhost();

	private final Map<Target, Integer> ports = new EnumMap<>(Target.class);

	// nginx without TLS speaks one protocol a port
	private final int http1Port;

	private final List<AutoCloseable> running = new ArrayList<>();

	private final Map<String, Relay> relays = new HashMap<>();

	private final Path folder;

	/**
	 * Starts them.
	 * @param folder for their files and logs
	 * @param sizes of the files that they serve
	 * @throws IOException if one does not start
	 * @throws InterruptedException if interrupted
	 */
	Servers(Path folder, Collection<Integer> sizes) throws IOException, InterruptedException {
		this.folder = folder;
		Path www = Files.createDirectories(folder.resolve("www"));
		for (int size : sizes) {
			byte[] content = new byte[size];
			new Random(size).nextBytes(content);
			Files.write(www.resolve(Workload.path(size).substring(1)), content);
		}
		Files.write(www.resolve("item.json"), BenchCall.Item.json());
		for (Target target : Target.values()) {
			this.ports.put(target, ServerProcess.freePort());
		}
		this.http1Port = ServerProcess.freePort();
		try {
			nghttpd(Target.NGHTTPD_H2C, "127.0.0.1", STREAMS);
			nghttpd(Target.NGHTTPD_TLS, "127.0.0.1", STREAMS);
			nghttpd(Target.NGHTTPD_WIDE, "127.0.0.1", MANY_STREAMS);
			nghttpd(Target.NGHTTPD_ANY, "0.0.0.0", STREAMS);
			nghttpd(Target.NGHTTPD_ANY_TLS, "0.0.0.0", STREAMS);
			nginx();
		}
		catch (IOException ex) {
			close();
			throw ex;
		}
	}

	private void nghttpd(Target target, String address, int streams) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("nghttpd", "-a", address, "-n", "1", "-m",
				String.valueOf(streams), "-d", this.folder.resolve("www").toString()));
		String port = String.valueOf(this.ports.get(target));
		if (target.isTls()) {
			command.addAll(List.of(port, this.certificates.privateKey().toString(),
					this.certificates.certificate().toString()));
		}
		else {
			command.addAll(List.of("--no-tls", port));
		}
		start(command, this.ports.get(target));
	}

	private void nginx() throws IOException, InterruptedException {
		// Type and content type as nghttpd has them; a GOAWAY only after a billion
		// requests.
		String configuration = """
				daemon off;
				master_process off;
				pid %1$s/nginx.pid;
				error_log %1$s/nginx-error.log;
				worker_rlimit_nofile 20000;
				events { worker_connections 4096; }
				http {
					access_log off;
					types { application/json json; }
					default_type application/octet-stream;
					open_file_cache max=100;
					client_body_temp_path %1$s/body;
					proxy_temp_path %1$s/proxy;
					fastcgi_temp_path %1$s/fastcgi;
					uwsgi_temp_path %1$s/uwsgi;
					scgi_temp_path %1$s/scgi;
					keepalive_requests 1000000000;
					http2_max_concurrent_streams %2$d;
					server {
						listen 127.0.0.1:%3$d http2;
						listen 127.0.0.1:%4$d;
						listen 127.0.0.1:%5$d ssl http2;
						ssl_certificate %6$s;
						ssl_certificate_key %7$s;
						root %1$s/www;
					}
				}
				""".formatted(this.folder, STREAMS, this.ports.get(Target.NGINX_H2C), this.http1Port,
				this.ports.get(Target.NGINX_TLS), this.certificates.certificate(), this.certificates.privateKey());
		Path file = Files.writeString(this.folder.resolve("nginx.conf"), configuration);
		start(List.of("nginx", "-e", this.folder.resolve("nginx-error.log").toString(), "-p", this.folder + "/", "-c",
				file.toString()), this.http1Port);
	}

	private void start(List<String> command, int port) throws IOException, InterruptedException {
		this.running.add(ServerProcess.start(command, port, this.folder.resolve("servers.log")));
	}

	Path certificate() {
		return this.certificates.certificate();
	}

	/**
	 * Returns where a row calls.
	 * @param row of the plan
	 * @return a target without path
	 */
	URI uri(Row row) {
		Target target = row.target();
		int port = this.ports.get(target);
		if (row.isHttp1()) {
			port = target.isTls() ? this.ports.get(Target.NGINX_TLS) : this.http1Port;
		}
		int millis = row.workload().roundTripMillis();
		return URI.create((target.isTls() ? "https" : "http") + "://127.0.0.1:"
				+ ((millis > 0) ? longPathTo(port, millis) : port) + "/");
	}

	private int longPathTo(int port, int roundTripMillis) {
		InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		Duration oneWay = Duration.ofMillis(roundTripMillis).dividedBy(2);
		return this.relays
			.computeIfAbsent(port + "/" + roundTripMillis,
					(key) -> Relay.to(server, (in, out) -> carry(oneWay, in, out), (in, out) -> carry(oneWay, in, out)))
			.uri("/")
			.getPort();
	}

	// A long path is for one connection.
	private static void carry(Duration oneWay, InputStream in, OutputStream out) throws IOException {
		new LongPath(oneWay).run(in, out);
	}

	@Override
	public void close() throws IOException {
		this.relays.values().forEach(Relay::close);
		for (AutoCloseable server : this.running) {
			try {
				server.close();
			}
			catch (Exception ex) {
				System.err.println("a server did not end: " + ex);
			}
		}
	}

}
