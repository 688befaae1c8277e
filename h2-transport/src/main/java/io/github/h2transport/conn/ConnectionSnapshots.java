package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
				connection.sendWindow(), connection.receiveWindow().available(),
				connection.driver().ownSettings().toMap(), connection.sendHalf().peer().toMap(), connection.goAway(),
				connection.driver().diagnostics(now, connection.sendHalf().lastOpenedId()), List.copyOf(rows));
	}

	private static StreamSnapshot row(ClientStream stream, ClientConn connection, long now) {
		return new StreamSnapshot(stream.id(), stream.state().name(), stream.request().method(),
				Duration.ofNanos(now - stream.startNanos()), stream.sendWindow().sent(), stream.receivedLength(),
				stream.sendWindow().available(connection.peerInitialWindow()), stream.receiveWindow().available(),
				waitingFor(stream, connection));
	}

	private static @Nullable String waitingFor(ClientStream stream, ClientConn connection) {
		Upload upload = stream.upload();
		if (upload != null && !stream.isLocalDone() && !upload.isCalledOff()) {
			if (stream.sendWindow().available(connection.peerInitialWindow()) <= 0) {
				return "stream window";
			}
			if (connection.sendWindow() <= 0) {
				return "connection window";
			}
			return connection.isStalled() ? "socket" : "request body";
		}
		if (!stream.hasHead()) {
			return "response head";
		}
		return (stream.receiveWindow().outstanding() > 0) ? "application not reading" : "response body";
	}

	private static Duration since(long time, long now) {
		return Duration.ofNanos(Math.max(0, now - time));
	}

}
