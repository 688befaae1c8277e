package io.github.h2transport.conn;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * What a recording of the JDK Flight Recorder may hold. Loaded by {@link FlightRecorder}
 * only, where the JDK has one. Each class has an instance that is only asked whether its
 * events are recorded, so that nothing is made for nobody.
 */
final class FlightEvents {

	private FlightEvents() {
	}

	/** What all events have in common. */
	@Category("HTTP/2")
	@StackTrace(false)
	abstract static class OfConnection extends Event {

		@Label("Connection")
		@Description("The connection's name in its transport")
		@Nullable String connection;

		@Label("Origin")
		@Nullable String origin;

		final void of(ClientConn conn) {
			this.connection = conn.id();
			this.origin = conn.key().origin().toString();
		}

	}

	@Name("io.github.h2transport.Dial")
	@Label("Dial")
	@Description("A name was looked up and a socket connected, or not")
	static final class Dial extends OfConnection {

		static final Dial ANY = new Dial();

		@Label("Took")
		@Timespan
		long took;

		@Label("Failure")
		@Nullable String failure;

	}

	@Name("io.github.h2transport.TlsHandshake")
	@Label("TLS Handshake")
	static final class TlsHandshake extends OfConnection {

		static final TlsHandshake ANY = new TlsHandshake();

		@Label("Took")
		@Timespan
		long took;

	}

	@Name("io.github.h2transport.ConnectionOpened")
	@Label("Connection Opened")
	static final class ConnectionOpened extends OfConnection {

		static final ConnectionOpened ANY = new ConnectionOpened();

		@Label("Remote Address")
		@Nullable String remoteAddress;

	}

	@Name("io.github.h2transport.ConnectionClosed")
	@Label("Connection Closed")
	static final class ConnectionClosed extends OfConnection {

		static final ConnectionClosed ANY = new ConnectionClosed();

		@Label("Lived")
		@Timespan
		long lived;

		@Label("Streams")
		long streams;

		@Label("Reason")
		@Nullable String reason;

	}

	@Name("io.github.h2transport.Stream")
	@Label("Stream")
	@Description("A request and its response, when they are over")
	static final class Stream extends OfConnection {

		static final Stream ANY = new Stream();

		@Label("Stream")
		int streamId;

		@Label("Method")
		@Nullable String method;

		@Label("Status")
		int status;

		@Label("Queued")
		@Description("From the hand-over to the connection until HEADERS were encoded")
		@Timespan
		long queued;

		@Label("First Byte")
		@Description("From the hand-over until the head of the response; 0 if there was none")
		@Timespan
		long firstByte;

		@Label("Took")
		@Timespan
		long took;

		@Label("Received")
		@DataAmount
		long received;

		@Label("Failure")
		@Nullable String failure;

	}

	@Name("io.github.h2transport.GoAway")
	@Label("GOAWAY")
	static final class GoAway extends OfConnection {

		static final GoAway ANY = new GoAway();

		@Label("Sent")
		@Description("By us rather than by the server")
		boolean sent;

		@Label("Code")
		@Nullable String code;

		@Label("Last Stream")
		int lastStreamId;

	}

	@Name("io.github.h2transport.Ping")
	@Label("Ping")
	@Description("A PING was answered")
	static final class Ping extends OfConnection {

		static final Ping ANY = new Ping();

		@Label("Round Trip")
		@Timespan
		long roundTrip;

	}

	@Name("io.github.h2transport.SlotWait")
	@Label("Slot Wait")
	@Description("A request had to wait for a connection with a free stream")
	@Category("HTTP/2")
	@StackTrace(false)
	static final class SlotWait extends Event {

		static final SlotWait ANY = new SlotWait();

		@Label("Origin")
		@Nullable String origin;

		@Label("Took")
		@Timespan
		long took;

		@Label("Success")
		boolean success;

	}

	@Name("io.github.h2transport.Replay")
	@Label("Replay")
	@Description("A request is sent again on another connection")
	@Category("HTTP/2")
	@StackTrace(false)
	static final class Replay extends Event {

		static final Replay ANY = new Replay();

		@Label("Origin")
		@Nullable String origin;

		@Label("Method")
		@Nullable String method;

		@Label("Reason")
		@Nullable String reason;

	}

}
