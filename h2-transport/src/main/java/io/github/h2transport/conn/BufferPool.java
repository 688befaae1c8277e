package io.github.h2transport.conn;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Direct buffers that connections borrow while they have octets to send, so that idle
 * connections hold none. Thread-safe and never waiting: an empty pool makes a new buffer,
 * a full one forgets a returned one.
 */
final class BufferPool {

	static final int BUFFER_SIZE = 64 * 1024;

	/** More buffers than that are in use only while as many sockets are stuck. */
	private static final int KEPT = 16;

	private final AtomicReferenceArray<@Nullable ByteBuffer> kept = new AtomicReferenceArray<>(KEPT);

	ByteBuffer borrow() {
		for (int i = 0; i < KEPT; i++) {
			if (this.kept.get(i) != null) {
				ByteBuffer buffer = this.kept.getAndSet(i, null);
				if (buffer != null) {
					return buffer;
				}
			}
		}
		return ByteBuffer.allocateDirect(BUFFER_SIZE);
	}

	void giveBack(ByteBuffer buffer) {
		if (buffer.capacity() != BUFFER_SIZE) {
			return;
		}
		buffer.clear();
		for (int i = 0; i < KEPT; i++) {
			if (this.kept.get(i) == null && this.kept.compareAndSet(i, null, buffer)) {
				return;
			}
		}
	}

}
