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
import java.util.function.UnaryOperator;

import io.github.h2transport.FailureContext;
import io.github.h2transport.Http2Exception;
import io.github.h2transport.Http2TimeoutException;
import io.github.h2transport.Initiator;
import io.github.h2transport.Origin;
import io.github.h2transport.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Looks a host up and connects to its addresses in their order, each with its share of
 * the time that is left. Owned by the loop of the connection to be.
 */
final class DialAttempt implements EventLoop.Selectable, Loop.Member {

	private final ClientConn connection;

	private final EventLoop loop;

	private final Resolver resolver;

	private final UnaryOperator<List<InetAddress>> order;

	private final WireFactory wires;

	private final long deadline;

	private List<InetSocketAddress> addresses = List.of();

	private int next;

	private long addressDeadline;

	private @Nullable SocketChannel channel;

	private @Nullable SelectionKey key;

	private @Nullable IOException lastFailure;

	private boolean done;

	DialAttempt(ClientConn connection, EventLoop loop, Resolver resolver, UnaryOperator<List<InetAddress>> order,
			WireFactory wires, long deadline) {
		this.connection = connection;
		this.loop = loop;
		this.resolver = resolver;
		this.order = order;
		this.wires = wires;
		this.deadline = deadline;
	}

	void begin() {
		this.loop.join(this);
		this.resolver.resolve(origin().host(), this.connection.key().addressFilter()).whenComplete((found, failure) -> {
			try {
				this.loop.execute(() -> resolved(found, failure));
			}
			catch (RejectedExecutionException ex) {
				// The loop has ended and told this attempt so.
			}
		});
	}

	private Origin origin() {
		return this.connection.key().origin();
	}

	private void resolved(@Nullable List<InetAddress> found, @Nullable Throwable failure) {
		if (isOver()) {
			return;
		}
		if (found == null) {
			Throwable cause = (failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure;
			if (cause instanceof Resolver.FilteredException) {
				fail(ConnectFailures.filtered(origin(), cause.getCause(), context()));
				return;
			}
			fail((cause instanceof UnknownHostException || cause == null)
					? ConnectFailures.unknownHost(origin(),
							(cause != null) ? cause : new UnknownHostException(origin().host()), context())
					: ConnectFailures.lookUpFailed(origin(), cause, context()));
			return;
		}
		try {
			this.addresses = this.order.apply(found)
				.stream()
				.map((address) -> new InetSocketAddress(address, origin().port()))
				.toList();
		}
		catch (RuntimeException ex) {
			fail(ConnectFailures.lookUpFailed(origin(), ex, context()));
			return;
		}
		if (this.addresses.isEmpty()) {
			fail(ConnectFailures.filtered(origin(), null, context()));
			return;
		}
		connectNext();
	}

	private void connectNext() {
		abandonSocket();
		while (this.next < this.addresses.size()) {
			InetSocketAddress address = this.addresses.get(this.next++);
			long now = this.loop.nanoTime();
			long share = (this.deadline - now) / (this.addresses.size() - this.next + 1);
			this.addressDeadline = now + share;
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
		fail(ConnectFailures.refused(origin(), this.addresses.get(this.addresses.size() - 1), this.addresses.size(),
				this.lastFailure, context()));
	}

	@Override
	public void ready(int readyOps) {
		SocketChannel socket = this.channel;
		if (isOver() || socket == null) {
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

	private void connected() throws IOException {
		SocketChannel socket = this.channel;
		SelectionKey registration = this.key;
		if (socket == null || registration == null) {
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
		catch (IOException | RuntimeException ex) {
			Sockets.close(socket);
			this.connection.driver()
				.ending()
				.dialFailed(ConnectFailures.establishing(origin(), ex, context().withPhase(Phase.TLS)));
			return;
		}
		this.connection.driver().connected(wire, this.deadline);
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
		if (now - this.deadline >= 0) {
			Phase phase = this.addresses.isEmpty() ? Phase.RESOLVE : Phase.CONNECT;
			String link = this.addresses.isEmpty() ? " of " : " to ";
			fail(new Http2TimeoutException(
					"Timed out " + phase.words() + link + origin() + "; the limit is " + CallTimes.CONNECT_LIMIT,
					this.lastFailure, context().withPhase(phase)));
		}
		else if (this.channel != null && now - this.addressDeadline >= 0) {
			this.lastFailure = new IOException("no answer within its share of the connect timeout");
			connectNext();
		}
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
			fail(ConnectFailures.establishing(origin(), cause, context()));
		}
	}

	/** Makes the wire of a connected socket: plain or TLS. */
	interface WireFactory {

		Wire create(ClientConn connection, SocketChannel channel, SelectionKey key, Loop loop) throws IOException;

	}

}
