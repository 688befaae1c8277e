package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection by id. The loop adds a stream before its HEADERS reach
 * the socket, the loop looks it up, and whoever closes it removes it. Ids grow by two, so
 * they index an array that is sized by our own number, never by the peer's; a long-lived
 * stream whose place is taken moves on to a map.
 */
final class StreamTable {

	/** A connection that is used by a few callers at a time, and is idle, has no more. */
	static final int FIRST_SIZE = 16;

	static final int SIZE = 128;

	/** Replaced once, by the loop, when a place is taken. */
	private volatile AtomicReferenceArray<@Nullable ClientStream> slots = new AtomicReferenceArray<>(FIRST_SIZE);

	/** Made by the loop for the first stream that needs it. */
	private volatile @Nullable Map<Integer, ClientStream> overflow;

	private static int index(int streamId, AtomicReferenceArray<?> slots) {
		return (streamId >>> 1) & (slots.length() - 1);
	}

	void put(ClientStream stream) {
		if (!offer(stream) && (this.slots.length() == SIZE || !growAndOffer(stream))) {
			Map<Integer, ClientStream> others = this.overflow;
			if (others == null) {
				others = new ConcurrentHashMap<>(4);
				this.overflow = others;
			}
			others.put(stream.id(), stream);
		}
	}

	private boolean offer(ClientStream stream) {
		AtomicReferenceArray<@Nullable ClientStream> current = this.slots;
		return current.compareAndSet(index(stream.id(), current), null, stream);
	}

	private boolean growAndOffer(ClientStream stream) {
		AtomicReferenceArray<@Nullable ClientStream> old = this.slots;
		AtomicReferenceArray<@Nullable ClientStream> grown = new AtomicReferenceArray<>(SIZE);
		for (int i = 0; i < old.length(); i++) {
			ClientStream moved = old.get(i);
			if (moved != null) {
				grown.set(index(moved.id(), grown), moved);
			}
		}
		this.slots = grown;
		// Whoever removes one looks afterwards whether the array is still the same, and
		// we look whether it is still there: one of us sees the other.
		for (int i = 0; i < SIZE; i++) {
			ClientStream moved = grown.get(i);
			if (moved != null && old.get(index(moved.id(), old)) != moved) {
				grown.compareAndSet(i, moved, null);
			}
		}
		return offer(stream);
	}

	@Nullable ClientStream get(int streamId) {
		AtomicReferenceArray<@Nullable ClientStream> current = this.slots;
		ClientStream stream = current.get(index(streamId, current));
		if (stream != null && stream.id() == streamId) {
			return stream;
		}
		Map<Integer, ClientStream> others = this.overflow;
		return (others == null || others.isEmpty()) ? null : others.get(streamId);
	}

	void remove(ClientStream stream) {
		AtomicReferenceArray<@Nullable ClientStream> current;
		boolean found = false;
		do {
			current = this.slots;
			int index = index(stream.id(), current);
			found |= current.get(index) == stream && current.compareAndSet(index, stream, null);
		}
		while (current != this.slots);
		Map<Integer, ClientStream> others = this.overflow;
		if (!found && others != null) {
			others.remove(stream.id(), stream);
		}
	}

	/**
	 * Returns the streams in no particular order.
	 * @return those that were there throughout the call, and some of the others
	 */
	List<ClientStream> all() {
		Map<Integer, ClientStream> others = this.overflow;
		List<ClientStream> streams = (others != null) ? new ArrayList<>(others.values()) : new ArrayList<>();
		AtomicReferenceArray<@Nullable ClientStream> current = this.slots;
		for (int i = 0; i < current.length(); i++) {
			ClientStream stream = current.get(i);
			if (stream != null) {
				streams.add(stream);
			}
		}
		return streams;
	}

	/** Returns how many streams there is room for without the map. */
	int capacity() {
		return this.slots.length();
	}

}
