package io.github.h2transport.conn;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * A socket without TLS.
 */
final class PlainWire implements Wire {

	/** With less, system calls cost more than the peer gains; with more, it waits. */
	private static final int PIECE = 12 * 1024;

	private final SocketChannel channel;

	private final SelectionKey key;

	/** Owned by the loop. */
	private long octetsSent;

	PlainWire(SocketChannel channel, SelectionKey key) {
		this.channel = channel;
		this.key = key;
	}

	@Override
	public boolean establish() {
		this.key.interestOps(SelectionKey.OP_READ);
		return true;
	}

	@Override
	public int read(ByteBuffer into) throws IOException {
		return this.channel.read(into);
	}

	@Override
	public boolean hasBuffered() {
		return false;
	}

	@Override
	public boolean write(ByteBuffer from, boolean inPieces) throws IOException {
		int end = from.limit();
		boolean taken = true;
		while (taken && from.hasRemaining()) {
			if (inPieces && from.remaining() > PIECE) {
				from.limit(from.position() + PIECE);
			}
			this.octetsSent += this.channel.write(from);
			taken = !from.hasRemaining();
			from.limit(end);
		}
		return taken;
	}

	@Override
	public long octetsSent() {
		return this.octetsSent;
	}

	@Override
	public void awaitWritable(boolean wanted) {
		if (this.key.isValid()) {
			this.key.interestOps(wanted ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
		}
	}

	@Override
	public void finishOutput() throws IOException {
		this.channel.shutdownOutput();
	}

	@Override
	public void close() {
		Sockets.close(this.channel);
	}

	@Override
	public @Nullable SocketAddress localAddress() {
		return Sockets.localAddress(this.channel);
	}

	@Override
	public @Nullable SocketAddress remoteAddress() {
		return Sockets.remoteAddress(this.channel);
	}

	@Override
	public ConnectionSnapshot.@Nullable Tls tls() {
		return null;
	}

}
