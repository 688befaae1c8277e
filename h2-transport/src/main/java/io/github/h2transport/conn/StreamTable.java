package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection by id. The holder of the pen adds a stream before its
 * HEADERS reach the socket, the loop looks it up, and whoever closes it removes it. Ids
 * grow by two, so they index an array that is sized by our own number, never by the
 * peer's; a long-lived stream whose place is taken moves on to a map.
 */
final class StreamTable {

	private static final int SIZE = 128;

	private final AtomicReferenceArray<@Nullable ClientStream> slots = new AtomicReferenceArray<>(SIZE);

	private final Map<Integer, ClientStream> overflow = new ConcurrentHashMap<>(4);

	private static int index(int streamId) {
		return (streamId >>> 1) & (SIZE - 1);
	}

	void put(ClientStream stream) {
		if (!this.slots.compareAndSet(index(stream.id()), null, stream)) {
			this.overflow.put(stream.id(), stream);
		}
	}

	@Nullable ClientStream get(int streamId) {
		ClientStream stream = this.slots.get(index(streamId));
		if (stream != null && stream.id() == streamId) {
			return stream;
		}
		return this.overflow.isEmpty() ? null : this.overflow.get(streamId);
	}

	void remove(ClientStream stream) {
		int index = index(stream.id());
		if (this.slots.get(index) != stream || !this.slots.compareAndSet(index, stream, null)) {
			this.overflow.remove(stream.id(), stream);
		}
	}

	/**
	 * Returns the streams in no particular order.
	 * @return those that were there throughout the call, and some of the others
	 */
	List<ClientStream> all() {
		List<ClientStream> streams = new ArrayList<>(this.overflow.values());
		for (int i = 0; i < SIZE; i++) {
			ClientStream stream = this.slots.get(i);
			if (stream != null) {
				streams.add(stream);
			}
		}
		return streams;
	}

}
