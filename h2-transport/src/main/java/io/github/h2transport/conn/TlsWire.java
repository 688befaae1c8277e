package io.github.h2transport.conn;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.RejectedExecutionException;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.frame.ConnectionError;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a socket by the JDK's engine. Everything happens on the loop: the engine
 * serialises wrap and unwrap on a lock of its own, so a caller that wrapped could be made
 * to wait. Delegated tasks run elsewhere, and meanwhile the engine is not touched.
 *
 * <p>
 * Keeps octets only while a record is incomplete or the socket is full.
 */
final class TlsWire implements Wire {

	/** RFC 5246 section 6.2.1: the content type of a record of the handshake. */
	private static final byte HANDSHAKE = 22;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final SSLEngine engine;

	private final SocketChannel channel;

	private final SelectionKey key;

	private final Loop loop;

	private final Resources resources;

	private final ClientConn connection;

	private final TlsOutput output;

	// All below is owned by the loop.

	/** Ciphertext that is not a whole record yet, or that there was no room to unwrap. */
	private byte @Nullable [] leftover;

	private boolean begun;

	private boolean taskRunning;

	/** Whether unwrapping can go on without a new event of the socket. */
	private boolean buffered;

	/** The engine wants to send something of its own, such as a key update. */
	private boolean wantsWrap;

	private boolean inputEnded;

	/** What ended the input, to be thrown once all before it was read. */
	private @Nullable SSLException failure;

	/** The same, if TLS itself is well and can carry a GOAWAY. */
	private @Nullable ConnectionError refusal;

	/** What comes in is no longer looked at. */
	private boolean inputIgnored;

	private boolean outputFinished;

	private volatile ConnectionSnapshot.@Nullable Tls session;

	TlsWire(SSLEngine engine, SocketChannel channel, SelectionKey key, Loop loop, Resources resources,
			ClientConn connection) {
		this.engine = engine;
		this.channel = channel;
		this.key = key;
		this.loop = loop;
		this.resources = resources;
		this.connection = connection;
		this.output = new TlsOutput(engine, channel, resources.buffers());
	}

	// ---- the handshake ----

	@Override
	public boolean establish() throws IOException {
		if (this.taskRunning) {
			return false;
		}
		try {
			if (!this.begun) {
				this.begun = true;
				this.engine.beginHandshake();
			}
			return handshake();
		}
		catch (SSLException ex) {
			sendAlert();
			throw ex;
		}
		catch (RuntimeException ex) {
			// What the application's trust or key managers throw comes out of the engine.
			sendAlert();
			throw new SSLException(ex.toString(), ex);
		}
	}

	private boolean handshake() throws IOException {
		for (;;) {
			if (!flushOrReadWhy()) {
				this.key.interestOps(SelectionKey.OP_WRITE);
				return false;
			}
			switch (this.engine.getHandshakeStatus()) {
				case NEED_TASK -> {
					runTasks();
					return false;
				}
				case NEED_WRAP -> this.output.wrap(NOTHING, false);
				case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
					if (!unwrapHandshake()) {
						this.key.interestOps(SelectionKey.OP_READ);
						return false;
					}
				}
				case FINISHED, NOT_HANDSHAKING -> {
					verify();
					return true;
				}
			}
		}
	}

	/** A server that has closed may have said why before, in an alert. */
	private boolean flushOrReadWhy() throws IOException {
		try {
			return this.output.flush();
		}
		catch (IOException ex) {
			readWhy();
			throw ex;
		}
	}

	/** The engine reads only after it has said what it wants, which nobody hears. */
	private void readWhy() throws IOException {
		for (;;) {
			switch (this.engine.getHandshakeStatus()) {
				case NEED_WRAP -> {
					this.output.drop();
					if (this.output.wrap(NOTHING, false).bytesProduced() == 0) {
						return;
					}
				}
				case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
					if (!unwrapHandshake()) {
						return;
					}
				}
				default -> {
					return;
				}
			}
		}
	}

	private void runTasks() {
		this.taskRunning = true;
		this.key.interestOps(0);
		try {
			this.resources.tasks().execute(this::runDelegated);
		}
		catch (RejectedExecutionException ex) {
			this.connection.driver().failed(ex);
		}
	}

	private void runDelegated() {
		Runnable report = this::tasksDone;
		try {
			for (Runnable task = this.engine.getDelegatedTask(); task != null; task = this.engine.getDelegatedTask()) {
				task.run();
			}
		}
		catch (Throwable ex) {
			// The engine keeps exceptions for later, but not errors; it never goes on.
			report = () -> this.connection.driver().failed(ex);
		}
		try {
			this.loop.execute(report);
		}
		catch (RejectedExecutionException ex) {
			// The loop has ended and has closed its connections.
		}
	}

	private void tasksDone() {
		this.taskRunning = false;
		this.connection.driver().ready(0);
	}

	/** Returns whether a record was unwrapped. */
	private boolean unwrapHandshake() throws IOException {
		ByteBuffer cipher = ciphertext();
		int length = this.channel.read(cipher);
		cipher.flip();
		// No application octets come before the handshake is done.
		SSLEngineResult result = this.engine.unwrap(cipher, this.loop.readBuffer());
		keep(cipher);
		if (result.getStatus() == Status.CLOSED) {
			throw new EOFException("the server closed the connection");
		}
		if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
			if (length < 0) {
				throw new EOFException("the server closed the connection");
			}
			return false;
		}
		return true;
	}

	private void verify() throws SSLException {
		String chosen = this.engine.getApplicationProtocol();
		if (!"h2".equals(chosen)) {
			throw new ConnectFailures.NoHttp2Exception(chosen);
		}
		SSLSession negotiated = this.engine.getSession();
		if ("TLSv1.2".equals(negotiated.getProtocol()) && !TlsEngines.isAllowed(negotiated.getCipherSuite())) {
			throw new SSLException("The server chose the cipher suite " + negotiated.getCipherSuite()
					+ ", which HTTP/2 forbids (RFC 9113 section 9.2.2)");
		}
		this.session = new ConnectionSnapshot.Tls(negotiated.getProtocol(), negotiated.getCipherSuite(), chosen);
		// A record for each frame; a little more content would take a second one.
		this.connection.sendHalf().contentPerFrame(RecordCut.CONTENT);
		this.buffered = this.leftover != null;
		this.key.interestOps(SelectionKey.OP_READ);
	}

	/** Tells the peer what was wrong, if the engine has words for it. */
	private void sendAlert() {
		try {
			while (this.engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && this.output.flush()) {
				if (this.output.wrap(NOTHING, false).getStatus() == Status.CLOSED) {
					break;
				}
			}
			this.output.flush();
		}
		catch (IOException ex) {
			// The handshake has failed anyway.
		}
	}

	// ---- reading ----

	@Override
	public int read(ByteBuffer into) throws IOException, ConnectionError {
		if (this.outputFinished || this.inputIgnored) {
			// Nothing can be answered any more, so it need not be understood either.
			return this.channel.read(into);
		}
		if (this.failure != null) {
			throw this.failure;
		}
		if (this.refusal != null) {
			this.buffered = false;
			this.inputIgnored = true;
			throw this.refusal;
		}
		this.buffered = false;
		ByteBuffer cipher = ciphertext();
		if (!this.inputEnded && this.channel.read(cipher) < 0) {
			this.inputEnded = true;
		}
		cipher.flip();
		int start = into.position();
		boolean closed;
		try {
			closed = unwrapAll(cipher, into);
		}
		catch (SSLException ex) {
			sendAlert();
			if (into.position() == start) {
				throw ex;
			}
			// What came before it counts, such as a whole response or GOAWAY.
			this.failure = ex;
			this.buffered = true;
			return into.position() - start;
		}
		catch (ConnectionError ex) {
			this.refusal = ex;
			this.buffered = true;
			return (into.position() > start) ? into.position() - start : read(into);
		}
		keep(cipher);
		int length = into.position() - start;
		if (length > 0) {
			// The end, if it is one, is reported by the next call.
			this.buffered |= closed || this.inputEnded;
			this.inputEnded |= closed;
			return length;
		}
		if (closed || (this.inputEnded && !this.buffered)) {
			return -1;
		}
		return 0;
	}

	private boolean unwrapAll(ByteBuffer cipher, ByteBuffer into) throws IOException, ConnectionError {
		while (cipher.hasRemaining()) {
			refuseRenegotiation(cipher);
			SSLEngineResult result = this.engine.unwrap(cipher, into);
			switch (result.getStatus()) {
				case CLOSED -> {
					return true;
				}
				case BUFFER_UNDERFLOW -> {
					return false;
				}
				case BUFFER_OVERFLOW -> {
					this.buffered = true;
					return false;
				}
				case OK -> afterHandshake(result.getHandshakeStatus(), into);
			}
		}
		return false;
	}

	/**
	 * A renegotiation of TLS 1.2 is a connection error (RFC 9113 section 9.2.1). It shows
	 * in the clear before the engine has seen it; afterwards the engine would carry
	 * nothing but its handshake, and no GOAWAY.
	 */
	private void refuseRenegotiation(ByteBuffer cipher) throws ConnectionError {
		ConnectionSnapshot.Tls established = this.session;
		if (established != null && established.version().equals("TLSv1.2")
				&& cipher.get(cipher.position()) == HANDSHAKE) {
			throw new ConnectionError(ErrorCode.PROTOCOL_ERROR,
					"the server asked for a TLS renegotiation, which HTTP/2 forbids (RFC 9113 section 9.2.1)");
		}
	}

	/**
	 * The peer wants something of TLS 1.3 itself. An update of its keys is served. Only
	 * other messages of the handshake need delegated tasks, above all the request for a
	 * client certificate, and none is legal (RFC 9113 section 9.2.3): the engine refuses
	 * what we have not offered, with an alert, before it computes anything.
	 */
	private void afterHandshake(HandshakeStatus status, ByteBuffer into) throws SSLException {
		if (status == HandshakeStatus.NEED_TASK) {
			for (Runnable task = this.engine.getDelegatedTask(); task != null; task = this.engine.getDelegatedTask()) {
				task.run();
			}
			String what = "The server began a TLS handshake anew, such as to ask for a client certificate, which HTTP/2"
					+ " forbids (RFC 9113 section 9.2.3)";
			try {
				this.engine.unwrap(NOTHING, into);
			}
			catch (SSLException ex) {
				throw new SSLException(what, ex);
			}
			throw new SSLException(what);
		}
		if (status == HandshakeStatus.NEED_WRAP && !this.wantsWrap) {
			// Stays so with each record until the writer has wrapped: one op is enough.
			this.wantsWrap = true;
			this.connection.pump();
		}
	}

	/** The loop's scratch buffer for ciphertext, with what was left over in front. */
	private ByteBuffer ciphertext() {
		ByteBuffer cipher = this.loop.cipherBuffer();
		if (this.leftover != null) {
			cipher.put(this.leftover);
			this.leftover = null;
		}
		return cipher;
	}

	private void keep(ByteBuffer cipher) {
		if (cipher.hasRemaining()) {
			byte[] rest = new byte[cipher.remaining()];
			cipher.get(rest);
			this.leftover = rest;
		}
	}

	@Override
	public boolean hasBuffered() {
		return this.buffered;
	}

	// ---- writing ----

	@Override
	public boolean write(ByteBuffer from, boolean inPieces) throws IOException {
		for (;;) {
			if (!this.output.flush()) {
				return false;
			}
			if (!from.hasRemaining() && !this.wantsWrap) {
				return true;
			}
			SSLEngineResult result = this.output.wrap(from, inPieces);
			if (result.getStatus() == Status.CLOSED) {
				throw new SSLException("TLS is closed for writing");
			}
			this.wantsWrap = result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
			if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
				throw new SSLException("TLS does not go on: " + result);
			}
		}
	}

	@Override
	public long octetsSent() {
		return this.output.octetsSent();
	}

	@Override
	public void awaitWritable(boolean wanted) {
		if (this.key.isValid()) {
			this.key.interestOps(wanted ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
		}
	}

	@Override
	public void finishOutput() throws IOException {
		this.outputFinished = true;
		this.engine.closeOutbound();
		while (!this.engine.isOutboundDone() && this.output.flush()) {
			this.output.wrap(NOTHING, false);
		}
		if (this.output.flush()) {
			this.channel.shutdownOutput();
		}
	}

	@Override
	public void close() {
		Sockets.close(this.channel);
		this.output.drop();
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
		return this.session;
	}

}
