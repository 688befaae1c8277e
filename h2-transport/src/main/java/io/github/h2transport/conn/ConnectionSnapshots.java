package io.github.h2transport.conn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Takes pictures of connections: reads what their owners publish, and stops nobody.
 */
final class ConnectionSnapshots {

	private ConnectionSnapshots() {
	}

	static ConnectionSnapshot of(ClientConn connection, long now) {
		List<StreamSnapshot> rows = new ArrayList<>();
		for (ClientStream stream : connection.streams().all()) {
			rows.add(stream.snapshot(now));
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

	private static Duration since(long time, long now) {
		return Duration.ofNanos(Math.max(0, now - time));
	}

}
