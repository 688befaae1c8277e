package io.github.h2transport.conn;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.ConnectionKey;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import io.github.h2transport.ProxySettings;
import org.jspecify.annotations.Nullable;

/**
 * Looks a host up and connects to its addresses in their order, each with its share of
 * the time that is left. With a proxy they are the proxy's, and a tunnel comes before all
 * else. Owned by the loop of the connection to be.
 */
final class DialAttempt implements EventLoop.Selectable, Loop.Member {

	private final ClientConn connection;

	private final EventLoop loop;

	private final Resolver resolver;

	private final UnaryOperator<List<InetAddress>> order;

	private final WireFactory wires;

	private final DialLimit limit;

	private List<InetSocketAddress> addresses = List.of();

	private int next;

	/** Since when the present address, or what follows it, is tried. */
	private long addressBegun;

	/** The addresses that share the time from then on. */
	private int addressesLeft = 1;

	private @Nullable SocketChannel channel;

	private @Nullable SelectionKey key;

	private @Nullable IOException lastFailure;

	/** Host and port that the proxy is to lead to. */
	private String authority = "";

	/** While the proxy has not answered; a new one for each of its addresses. */
	private @Nullable ProxyTunnel tunnel;

	private boolean done;

	DialAttempt(ClientConn connection, EventLoop loop, Resolver resolver, UnaryOperator<List<InetAddress>> order,
			WireFactory wires) {
		this.connection = connection;
		this.loop = loop;
		this.resolver = resolver;
		this.order = order;
		this.wires = wires;
		this.limit = connection.driver().dialLimit();
	}

	void begin() {
		this.loop.join(this);
		attempt(this::start);
	}

	/**
	 * Runs a step. The order of the addresses and the TLS context are foreign: whatever
	 * they throw ends the dial, and no socket stays behind.
	 */
	private void attempt(Runnable step) {
		try {
			step.run();
		}
		catch (Throwable ex) {
			if (this.done) {
				this.connection.driver().failed(ex);
			}
			else {
				fail(ConnectFailures.lookUpFailed(origin().host(), target(), ex, context()));
			}
		}
	}

	private void start() {
		ConnectionKey target = target();
		ProxySettings proxy = target.proxy();
		if (proxy == null) {
			lookUp(origin().host(), target.addressFilter(), (found) -> connect(found, origin().port()));
		}
		else if (target.addressFilter() == null) {
			reach(proxy, origin().host());
		}
		else {
			// The filter judges where the tunnel leads to, so the proxy gets an address
			// that has passed, and no name to look up on its own.
			lookUp(origin().host(), target.addressFilter(), (found) -> reach(proxy, found.get(0).getHostAddress()));
		}
	}

	private void reach(ProxySettings proxy, String host) {
		this.authority = ((host.indexOf(':') >= 0) ? "[" + withoutZone(host) + "]" : host) + ":" + origin().port();
		lookUp(proxy.host(), null, (found) -> connect(found, proxy.port()));
	}

	/**
	 * The zone of an IPv6 address means something on this host only (RFC 6874 section 4).
	 */
	private static String withoutZone(String address) {
		int zone = address.indexOf('%');
		return (zone >= 0) ? address.substring(0, zone) : address;
	}

	private void lookUp(String host, @Nullable AddressFilter filter, Consumer<List<InetAddress>> next) {
		this.resolver.resolve(host, filter).whenComplete((found, failure) -> {
			try {
				this.loop.execute(() -> resolved(host, found, failure, next));
			}
			catch (RejectedExecutionException ex) {
				// The loop has ended and told this attempt so.
			}
		});
	}

	private ConnectionKey target() {
		return this.connection.key();
	}

	private Origin origin() {
		return target().origin();
	}

	private void resolved(String host, @Nullable List<InetAddress> found, @Nullable Throwable failure,
			Consumer<List<InetAddress>> next) {
		if (isOver()) {
			return;
		}
		if (found != null) {
			attempt(() -> next.accept(found));
			return;
		}
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof Resolver.FilteredException) {
			fail(ConnectFailures.filtered(origin(), cause.getCause(), context()));
			return;
		}
		fail((cause instanceof UnknownHostException || cause == null) ? ConnectFailures.unknownHost(host, target(),
				(cause != null) ? cause : new UnknownHostException(host), context())
				: ConnectFailures.lookUpFailed(host, target(), cause, context()));
	}

	private void connect(List<InetAddress> found, int port) {
		this.addresses = this.order.apply(found)
			.stream()
			.map((address) -> new InetSocketAddress(address, port))
			.toList();
		if (this.addresses.isEmpty()) {
			fail(ConnectFailures.filtered(origin(), null, context()));
			return;
		}
		this.limit.phase(Phase.CONNECT);
		connectNext();
	}

	private void connectNext() {
		abandonSocket();
		while (this.next < this.addresses.size()) {
			InetSocketAddress address = this.addresses.get(this.next++);
			this.addressBegun = this.loop.nanoTime();
			this.addressesLeft = this.addresses.size() - this.next + 1;
			ProxySettings proxy = target().proxy();
			this.tunnel = (proxy != null) ? new ProxyTunnel(this.authority, proxy) : null;
			try {
				SocketChannel socket = Sockets.open();
				this.channel = socket;
				if (socket.connect(address)) {
					this.key = this.loop.register(socket, 0, this);
					connected();
				}
				else {
					this.key = this.loop.register(socket, SelectionKey.OP_CONNECT, this);
				}
				return;
			}
			catch (IOException ex) {
				this.lastFailure = ex;
				abandonSocket();
			}
			catch (RuntimeException ex) {
				// Such as an IPv6 address where the system has IPv4 alone.
				this.lastFailure = new IOException(ex);
				abandonSocket();
			}
		}
		fail(ConnectFailures.refused(target(), this.addresses.get(this.addresses.size() - 1), this.addresses.size(),
				this.lastFailure, context()));
	}

	@Override
	public void ready(int readyOps) {
		SocketChannel socket = this.channel;
		if (isOver() || socket == null) {
			return;
		}
		if (socket.isConnected()) {
			connected();
			return;
		}
		try {
			if (socket.finishConnect()) {
				connected();
			}
		}
		catch (IOException ex) {
			this.lastFailure = ex;
			connectNext();
		}
	}

	/** Also later, whenever the proxy has something to say. */
	private void connected() {
		SocketChannel socket = this.channel;
		SelectionKey registration = this.key;
		if (socket == null || registration == null || !tunnelStands(socket, registration)) {
			return;
		}
		this.done = true;
		this.loop.leave(this);
		registration.interestOps(0);
		registration.attach(this.connection.driver());
		Wire wire;
		try {
			wire = this.wires.create(this.connection, socket, registration, this.loop);
		}
		catch (Throwable ex) {
			Sockets.close(socket);
			this.connection.driver()
				.ending()
				.dialFailed(ConnectFailures.establishing(target(), ex, context().withPhase(Phase.TLS)));
			return;
		}
		this.connection.driver().connected(wire);
	}

	/** True without a proxy. One that was reached has the rest of the time. */
	private boolean tunnelStands(SocketChannel socket, SelectionKey registration) {
		ProxyTunnel asked = this.tunnel;
		if (asked == null) {
			return true;
		}
		this.addressesLeft = 1;
		try {
			if (asked.advance(socket)) {
				this.tunnel = null;
				return true;
			}
		}
		catch (IOException ex) {
			fail(ConnectFailures.noTunnel(target(), ex, context()));
			return false;
		}
		registration
			.interestOps(asked.wantsToWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
		return false;
	}

	@Override
	public void failed(Throwable cause) {
		if (this.done) {
			// The socket has been handed over already.
			this.connection.driver().failed(cause);
			return;
		}
		this.lastFailure = (cause instanceof IOException failure) ? failure : new IOException(cause);
		connectNext();
	}

	@Override
	public void tick(long now) {
		if (isOver()) {
			return;
		}
		long deadline = this.limit.deadline();
		if (now - deadline >= 0) {
			Phase phase = this.addresses.isEmpty() ? Phase.RESOLVE : Phase.CONNECT;
			String link = this.addresses.isEmpty() ? " of " : " to ";
			fail(new Http2TimeoutException("Timed out " + phase.words() + link + target() + silentProxy()
					+ "; the limit is " + this.limit.words(), this.lastFailure, context().withPhase(phase)));
		}
		else if (this.channel != null
				&& now - this.addressBegun >= (deadline - this.addressBegun) / this.addressesLeft) {
			this.lastFailure = new IOException("no answer within its share of the connect timeout");
			connectNext();
		}
	}

	private String silentProxy() {
		boolean reached = this.tunnel != null && this.channel != null && this.channel.isConnected();
		return reached ? ", which has taken the connection but not answered" : "";
	}

	/** Also when the connection was closed while it was being dialled. */
	private boolean isOver() {
		if (!this.done && this.connection.driver().ending().isClosed()) {
			this.done = true;
			abandonSocket();
			this.loop.leave(this);
		}
		return this.done;
	}

	private void fail(Http2Exception cause) {
		this.done = true;
		abandonSocket();
		this.loop.leave(this);
		this.connection.driver().ending().dialFailed(cause);
	}

	private void abandonSocket() {
		if (this.channel != null) {
			Sockets.close(this.channel);
			this.channel = null;
			this.key = null;
		}
	}

	private FailureContext context() {
		return FailureContext.of(Initiator.PEER, Phase.CONNECT).withConnection(this.connection.id());
	}

	@Override
	public void loopEnded(Throwable cause) {
		if (!this.done) {
			fail(ConnectFailures.establishing(target(), cause, context()));
		}
	}

	/** Makes the wire of a connected socket: plain or TLS. */
	interface WireFactory {

		Wire create(ClientConn connection, SocketChannel channel, SelectionKey key, Loop loop) throws IOException;

	}

}
