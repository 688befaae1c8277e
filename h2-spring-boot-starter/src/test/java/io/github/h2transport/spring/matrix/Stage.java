package io.github.h2transport.spring.matrix;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.transport.TransportSnapshot;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts servers and clients when a cell first needs them. Servers stay for the whole
 * run, clients for a class of tests. Confined to the test's thread.
 */
final class Stage implements AutoCloseable {

	private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Stage.class);

	private final Servers servers;

	private final Map<Protocol, TransportClients> transports = new EnumMap<>(Protocol.class);

	private final Map<Protocol, SpringClients> applications = new EnumMap<>(Protocol.class);

	private Stage(Servers servers) {
		this.servers = servers;
	}

	/**
	 * Returns the stage of a class of tests; it ends with the class.
	 * @param context of the class or below
	 * @return the same for the whole class
	 */
	static Stage of(ExtensionContext context) {
		Servers servers = context.getRoot()
			.getStore(NAMESPACE)
			.computeIfAbsent(Servers.class, (key) -> new Servers(), Servers.class);
		ExtensionContext ofClass = context;
		while (ofClass.getTestMethod().isPresent()) {
			ofClass = ofClass.getParent().orElseThrow();
		}
		return ofClass.getStore(NAMESPACE).computeIfAbsent(Stage.class, (key) -> new Stage(servers), Stage.class);
	}

	RunningServer server(TestServer server) {
		return this.servers.get(server);
	}

	Client client(ClientKind kind, Protocol protocol) {
		return switch (kind) {
			case ROUND_TRIP -> transports(protocol).blocking();
			case ROUND_TRIP_ASYNC -> transports(protocol).async();
			case REST_CLIENT -> application(protocol).restClient();
			case SERVICE_GROUP -> application(protocol).serviceGroup();
			case WEB_CLIENT -> application(protocol).webClient();
			case REACTIVE_SERVICE_GROUP -> application(protocol).reactiveServiceGroup();
		};
	}

	/**
	 * Returns the connections that a client has to a port.
	 * @param kind the client
	 * @param protocol what it speaks
	 * @param port the server's
	 * @return snapshots
	 */
	List<ConnectionSnapshot> connections(ClientKind kind, Protocol protocol, int port) {
		TransportSnapshot snapshot = switch (kind) {
			case ROUND_TRIP, ROUND_TRIP_ASYNC -> transports(protocol).transport().snapshot();
			default -> application(protocol).transport().snapshot();
		};
		return snapshot.origins()
			.stream()
			.filter((origin) -> origin.key().origin().port() == port)
			.flatMap((origin) -> origin.connections().stream())
			.toList();
	}

	private TransportClients transports(Protocol protocol) {
		return this.transports.computeIfAbsent(protocol, TransportClients::new);
	}

	private SpringClients application(Protocol protocol) {
		return this.applications.computeIfAbsent(protocol, SpringClients::new);
	}

	@Override
	public void close() {
		this.transports.values().forEach(TransportClients::close);
		this.applications.values().forEach(SpringClients::close);
	}

	private static final class Servers implements AutoCloseable {

		private final Map<TestServer, RunningServer> running = new EnumMap<>(TestServer.class);

		RunningServer get(TestServer server) {
			return this.running.computeIfAbsent(server, TestServer::start);
		}

		@Override
		public void close() {
			this.running.values().forEach(RunningServer::close);
		}

	}

}
