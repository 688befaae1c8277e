package io.github.h2transport.conn;

import java.nio.ByteBuffer;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Headers;
import io.github.h2transport.Initiator;
import io.github.h2transport.StreamException;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.protocol.PeerSettings;
import io.github.h2transport.protocol.ProtocolStream;
import io.github.h2transport.protocol.ReceiveEvents;
import io.github.h2transport.protocol.SendWindow;
import org.jspecify.annotations.Nullable;

/**
 * Acts on what the receive half reports. Owned by the loop: it publishes to streams and
 * queues ops, and writes nothing in the middle of a batch.
 */
final class ConnReceiver implements ReceiveEvents {

	private final ClientConn connection;

	private final ConnDriver driver;

	/**
	 * As the peer has set it: SETTINGS are applied and acknowledged later, but the frames
	 * behind them are judged by them. Owned by the loop.
	 */
	private long peerInitialWindow = PeerSettings.DEFAULT_INITIAL_WINDOW_SIZE;

	/** The last one: many responses in a row have the same. Owned by the loop. */
	private @Nullable ResponseHead lastHead;

	ConnReceiver(ClientConn connection, ConnDriver driver) {
		this.connection = connection;
		this.driver = driver;
	}

	@Override
	public @Nullable ProtocolStream stream(int streamId) {
		return this.connection.streams().get(streamId);
	}

	@Override
	public int lastOpenedId() {
		return this.connection.sendHalf().lastOpenedId();
	}

	@Override
	public long dataSent() {
		return this.connection.sendHalf().dataSent();
	}

	@Override
	public long resetCredit() {
		return this.driver.resetCredit();
	}

	@Override
	public void interim(ProtocolStream stream, int status, Headers headers) {
		this.driver.heard();
		((ClientStream) stream).interim(status, headers);
	}

	@Override
	public void head(ProtocolStream stream, int status, Headers headers) {
		this.driver.heard();
		ClientStream client = (ClientStream) stream;
		Upload upload = client.upload();
		if (upload != null && !client.isLocalDone() && (status >= 300 || upload.isHeld())) {
			// The server has decided without the content, or without the rest of it.
			upload.callOff();
		}
		client.arrived(responseHead(status, headers));
		if (upload != null && !client.isLocalDone()) {
			// What is answered is read, so that it and others may go on without credit.
			this.connection.pump();
		}
	}

	private ResponseHead responseHead(int status, Headers headers) {
		ResponseHead head = this.lastHead;
		if (head == null || head.headers() != headers || head.status() != status) {
			head = new ResponseHead(status, headers);
			this.lastHead = head;
		}
		return head;
	}

	@Override
	public void content(ProtocolStream stream, ByteBuffer piece) {
		this.driver.heard();
		((ClientStream) stream).received(piece);
	}

	@Override
	public void end(ProtocolStream stream, Headers trailers, boolean closed) {
		this.driver.heard();
		ClientStream client = (ClientStream) stream;
		client.ended(trailers);
		this.connection.tuning().ended(client);
		this.connection.answered();
		if (closed) {
			this.connection.streamClosed(client);
			return;
		}
		client.clock().answeredEarly(this.driver.lastReadNanos());
	}

	@Override
	public void reset(ProtocolStream stream, ErrorCode code) {
		ClientStream client = (ClientStream) stream;
		this.driver.resetReceived(code);
		boolean complete = client.body().isEnded();
		Upload upload = client.upload();
		if (upload != null) {
			upload.callOff();
			// Lets go of the stream and of its content.
			this.connection.submit(new StreamOps.Content(client));
		}
		if (!complete) {
			boolean refused = code.equals(ErrorCode.REFUSED_STREAM) && !client.hasHead();
			FailureContext context = client.context(Initiator.PEER, client.phase())
				.withCode(code)
				.withSafeToRetry(refused);
			client
				.fail(new StreamException("The server reset stream " + client.id() + " of " + this.connection.describe()
						+ " with " + code + " while " + client.phase().words() + hint(code), null, context));
		}
		this.connection.streamClosed(client);
	}

	private static String hint(ErrorCode code) {
		if (code.equals(ErrorCode.REFUSED_STREAM)) {
			return " (it did not process the request)";
		}
		if (code.equals(ErrorCode.HTTP_1_1_REQUIRED)) {
			return " (it wants this request over HTTP/1.1)";
		}
		return "";
	}

	@Override
	public void fault(ProtocolStream stream, ErrorCode code, String message) {
		ClientStream client = (ClientStream) stream;
		FailureContext context = client.context(Initiator.PEER, client.phase()).withCode(code);
		client.fail(new StreamException("The response on stream " + client.id() + " of " + this.connection.describe()
				+ " is malformed: " + message, null, context));
		this.connection.submit(new StreamOps.Reset(client, code));
	}

	@Override
	public void discarded(@Nullable ProtocolStream stream, int octets) {
		this.connection.creditConnection(octets);
		if (stream != null && stream.receiveWindow().consume(octets) && !stream.isRemoteDone()) {
			this.connection.submit(new StreamOps.Credit((ClientStream) stream));
		}
	}

	@Override
	public boolean settings(Settings settings) {
		this.peerInitialWindow = settings.get(Settings.INITIAL_WINDOW_SIZE, this.peerInitialWindow);
		if (settings.has(Settings.INITIAL_WINDOW_SIZE)) {
			for (ClientStream stream : this.connection.streams().all()) {
				if (stream.sendWindow().available(this.peerInitialWindow) > SendWindow.MAX_SIZE) {
					return false;
				}
			}
		}
		this.driver.settings(settings);
		return true;
	}

	@Override
	public void settingsAcknowledged() {
		this.driver.settingsAcknowledged();
	}

	@Override
	public void ping(long opaqueData) {
		this.driver.answerQueued();
		this.connection.submit(new ConnOps.PingAck(opaqueData, this.driver));
	}

	@Override
	public void pong(long opaqueData) {
		this.driver.pong(opaqueData);
	}

	@Override
	public void goAway(int lastStreamId, ErrorCode code, String debug) {
		this.driver.goAway(lastStreamId, code, debug);
	}

	@Override
	public boolean windowUpdate(@Nullable ProtocolStream stream, int increment) {
		boolean legal;
		if (stream == null) {
			legal = this.connection.sendHalf().grantConnection(increment);
		}
		else {
			legal = stream.sendWindow().grant(increment, this.peerInitialWindow);
		}
		if (legal && this.connection.inFlight() > 0) {
			this.connection.pump();
		}
		return legal;
	}

}
