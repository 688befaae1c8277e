package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.github.h2transport.conn.StreamSnapshot.WaitingFor;
import org.jspecify.annotations.Nullable;

/**
 * Takes pictures of connections: reads what their owners publish, and stops nobody.
 */
final class ConnectionSnapshots {

	private ConnectionSnapshots() {
	}

	static ConnectionSnapshot of(ClientConn connection, long now) {
		List<StreamSnapshot> rows = new ArrayList<>();
		for (ClientStream stream : connection.streams().all()) {
			rows.add(row(stream, connection, now));
		}
		rows.sort(Comparator.comparingInt(StreamSnapshot::id));
		Wire wire = connection.wire();
		int active = connection.activeStreams();
		Duration idle = (active > 0) ? Duration.ZERO : since(connection.idleSince(), now);
		return new ConnectionSnapshot(connection.id(), connection.state(), connection.key(),
				(wire != null) ? wire.tls() : null, (wire != null) ? Sockets.text(wire.localAddress()) : null,
				(wire != null) ? Sockets.text(wire.remoteAddress()) : null, since(connection.createdNanos(), now), idle,
				connection.isSingleUse(), connection.streamsOpened(), connection.maxConcurrentStreams(), active,
				connection.sendHalf().connectionWindow(), connection.receiveWindow().available(),
				connection.driver().ownSettings().toMap(), connection.sendHalf().peer().toMap(), connection.goAway(),
				connection.driver().diagnostics(now, connection.sendHalf().lastOpenedId()), List.copyOf(rows));
	}

	private static StreamSnapshot row(ClientStream stream, ClientConn connection, long now) {
		ResponseBody.Unread unread = stream.body().unread();
		WaitingFor waitingFor = waitingFor(stream, connection, unread != null);
		return new StreamSnapshot(stream.id(), stream.state().name(), stream.request().method(), path(stream),
				since(stream.startNanos(), now), stream.sendWindow().sent(), stream.receivedLength(),
				(unread != null) ? unread.octets() : 0,
				stream.sendWindow().available(connection.sendHalf().peer().initialWindowSize()),
				stream.receiveWindow().available(), waitingFor, since(movedAt(stream, waitingFor, unread), now));
	}

	private static String path(ClientStream stream) {
		String target = String.valueOf(stream.request().fields().get(":path"));
		int query = target.indexOf('?');
		return (query >= 0) ? target.substring(0, query) : target;
	}

	private static WaitingFor waitingFor(ClientStream stream, ClientConn connection, boolean unread) {
		Upload upload = stream.upload();
		if (upload != null && !stream.isLocalDone() && !upload.isCalledOff()) {
			if (stream.sendWindow().available(connection.sendHalf().peer().initialWindowSize()) <= 0) {
				return WaitingFor.STREAM_WINDOW;
			}
			if (connection.sendHalf().connectionWindow() <= 0) {
				return WaitingFor.CONNECTION_WINDOW;
			}
			return connection.isStalled() ? WaitingFor.SOCKET : WaitingFor.REQUEST_BODY;
		}
		if (!stream.hasHead()) {
			return WaitingFor.RESPONSE_HEAD;
		}
		return unread ? WaitingFor.APPLICATION : WaitingFor.RESPONSE_BODY;
	}

	/** When it last moved in the direction that it waits for. */
	private static long movedAt(ClientStream stream, WaitingFor waitingFor, ResponseBody.@Nullable Unread unread) {
		long arrived = stream.body().lastArrived();
		long moved = switch (waitingFor) {
			case APPLICATION -> (unread != null) ? unread.sinceNanos() : arrived;
			case RESPONSE_BODY -> (arrived != 0) ? arrived : stream.headNanos();
			default -> stream.lastSentNanos();
		};
		return (moved != 0) ? moved : stream.startNanos();
	}

	private static Duration since(long time, long now) {
		return Duration.ofNanos(Math.max(0, now - time));
	}

}
