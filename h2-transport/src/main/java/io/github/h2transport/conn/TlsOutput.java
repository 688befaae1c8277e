package io.github.h2transport.conn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;

import org.jspecify.annotations.Nullable;

/**
 * Ciphertext on its way to the socket. Holds a buffer only while the socket is full.
 * Owned by the loop.
 */
final class TlsOutput {

	private final SSLEngine engine;

	private final SocketChannel channel;

	private final BufferPool buffers;

	/** Ready to be read; {@code null} if there is none. */
	private @Nullable ByteBuffer outgoing;

	private long octetsSent;

	private final RecordCut cut = new RecordCut();

	TlsOutput(SSLEngine engine, SocketChannel channel, BufferPool buffers) {
		this.engine = engine;
		this.channel = channel;
		this.buffers = buffers;
	}

	/**
	 * Wraps as many records as fit into one buffer, so that one system call carries them
	 * all. Only after a {@link #flush()} that has sent everything.
	 * @param from whole frames
	 * @param inPieces whether a system call carries one record only
	 * @return the engine's last result, with what was consumed and produced in total
	 */
	SSLEngineResult wrap(ByteBuffer from, boolean inPieces) throws IOException {
		ByteBuffer cipher = this.buffers.borrow();
		SSLEngineResult result;
		int consumed = 0;
		int produced = 0;
		try {
			do {
				result = wrapRecord(from, cipher);
				consumed += result.bytesConsumed();
				produced += result.bytesProduced();
			}
			while (!inPieces && result.getStatus() == Status.OK && from.hasRemaining()
					&& result.bytesConsumed() + result.bytesProduced() > 0
					&& cipher.remaining() >= this.engine.getSession().getPacketBufferSize());
		}
		catch (IOException | RuntimeException ex) {
			this.buffers.giveBack(cipher);
			throw ex;
		}
		this.outgoing = cipher.flip();
		return new SSLEngineResult(result.getStatus(), result.getHandshakeStatus(), consumed, produced);
	}

	/** May consume nothing, when the engine has a message of its own first. */
	private SSLEngineResult wrapRecord(ByteBuffer from, ByteBuffer cipher) throws IOException {
		int start = from.position();
		int limit = from.limit();
		from.limit(start + this.cut.next(from));
		try {
			return this.engine.wrap(from, cipher);
		}
		finally {
			from.limit(limit);
			this.cut.sent(from, start, from.position() - start);
		}
	}

	/** Returns whether no ciphertext waits any longer. */
	boolean flush() throws IOException {
		ByteBuffer cipher = this.outgoing;
		if (cipher == null) {
			return true;
		}
		if (cipher.hasRemaining()) {
			this.octetsSent += this.channel.write(cipher);
		}
		if (cipher.hasRemaining()) {
			return false;
		}
		drop();
		return true;
	}

	/** Gives up what has not been sent. */
	void drop() {
		if (this.outgoing != null) {
			this.buffers.giveBack(this.outgoing);
			this.outgoing = null;
		}
	}

	/** How much the socket has taken so far. */
	long octetsSent() {
		return this.octetsSent;
	}

}
