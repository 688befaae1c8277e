package io.github.h2transport.conn;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * Tells the JDK Flight Recorder what happens, if there is one and it wants to know;
 * otherwise each call is a look at a flag. Thread-safe, never waiting.
 */
public final class FlightRecorder {

	/** A runtime made by jlink may lack the module jdk.jfr. */
	private static final boolean PRESENT = isPresent();

	private FlightRecorder() {
	}

	private static boolean isPresent() {
		try {
			Class.forName("jdk.jfr.Event", false, FlightRecorder.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

	static void dialled(ClientConn connection, long now, @Nullable Http2Exception failure) {
		if (PRESENT && FlightEvents.Dial.ANY.isEnabled()) {
			FlightEvents.Dial event = new FlightEvents.Dial();
			event.of(connection);
			event.took = now - connection.createdNanos();
			event.failure = words(failure);
			event.commit();
		}
	}

	static void tlsHandshake(ClientConn connection, long took) {
		if (PRESENT && FlightEvents.TlsHandshake.ANY.isEnabled()) {
			FlightEvents.TlsHandshake event = new FlightEvents.TlsHandshake();
			event.of(connection);
			event.took = took;
			event.commit();
		}
	}

	static void opened(ClientConn connection) {
		if (PRESENT && FlightEvents.ConnectionOpened.ANY.isEnabled()) {
			FlightEvents.ConnectionOpened event = new FlightEvents.ConnectionOpened();
			event.of(connection);
			event.remoteAddress = String.valueOf(connection.remoteAddress());
			event.commit();
		}
	}

	static void closed(ClientConn connection, long now, Http2Exception reason) {
		if (PRESENT && FlightEvents.ConnectionClosed.ANY.isEnabled()) {
			FlightEvents.ConnectionClosed event = new FlightEvents.ConnectionClosed();
			event.of(connection);
			event.lived = now - connection.createdNanos();
			event.streams = connection.streamsOpened();
			event.reason = words(reason);
			event.commit();
		}
	}

	/** Whether it is worth to take times for {@link #stream}. */
	static boolean wantsStreams() {
		return PRESENT && FlightEvents.Stream.ANY.isEnabled();
	}

	/**
	 * A stream is over.
	 * @param openedAt when its HEADERS were encoded, 0 if unknown
	 */
	static void stream(ClientStream stream, long openedAt, long now, @Nullable Http2Exception failure) {
		if (wantsStreams()) {
			FlightEvents.Stream event = new FlightEvents.Stream();
			event.of(stream.connection());
			event.streamId = stream.id();
			event.method = stream.request().method();
			ResponseHead head = stream.head();
			if (head != null) {
				event.status = head.status();
				event.firstByte = Math.max(0, stream.headNanos() - stream.startNanos());
			}
			event.queued = (openedAt != 0) ? openedAt - stream.startNanos() : 0;
			event.took = now - stream.startNanos();
			event.received = stream.receivedLength();
			event.failure = words(failure);
			event.commit();
		}
	}

	static void goAway(ClientConn connection, boolean sent, String code, int lastStreamId) {
		if (PRESENT && FlightEvents.GoAway.ANY.isEnabled()) {
			FlightEvents.GoAway event = new FlightEvents.GoAway();
			event.of(connection);
			event.sent = sent;
			event.code = code;
			event.lastStreamId = lastStreamId;
			event.commit();
		}
	}

	static void pong(ClientConn connection, long roundTrip) {
		if (PRESENT && FlightEvents.Ping.ANY.isEnabled()) {
			FlightEvents.Ping event = new FlightEvents.Ping();
			event.of(connection);
			event.roundTrip = roundTrip;
			event.commit();
		}
	}

	/**
	 * A request had to wait for a connection.
	 * @param key which it asked for
	 * @param startNanos since when
	 * @param success whether it got one
	 */
	public static void waited(ConnectionKey key, long startNanos, boolean success) {
		if (PRESENT && FlightEvents.SlotWait.ANY.isEnabled()) {
			FlightEvents.SlotWait event = new FlightEvents.SlotWait();
			event.origin = key.origin().toString();
			event.took = System.nanoTime() - startNanos;
			event.success = success;
			event.commit();
		}
	}

	/**
	 * A request is sent again.
	 * @param key where to
	 * @param method its method
	 * @param reason what the earlier attempt failed with
	 */
	public static void replayed(ConnectionKey key, String method, Http2Exception reason) {
		if (PRESENT && FlightEvents.Replay.ANY.isEnabled()) {
			FlightEvents.Replay event = new FlightEvents.Replay();
			event.origin = key.origin().toString();
			event.method = method;
			event.reason = words(reason);
			event.commit();
		}
	}

	private static @Nullable String words(@Nullable Http2Exception failure) {
		return (failure != null) ? failure.getMessage() : null;
	}

}
