package io.github.h2transport.testkit;

import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Content that counts how often it was closed and notes whether it was read.
 */
public final class TrackedStream extends ByteArrayInputStream {

	private final AtomicInteger closes = new AtomicInteger();

	private volatile boolean read;

	public TrackedStream(byte[] content) {
		super(content);
	}

	@Override
	public synchronized int read() {
		this.read = true;
		return super.read();
	}

	@Override
	public synchronized int read(byte[] into, int offset, int length) {
		this.read = true;
		return super.read(into, offset, length);
	}

	@Override
	public void close() {
		this.closes.incrementAndGet();
	}

	public int closes() {
		return this.closes.get();
	}

	public boolean wasRead() {
		return this.read;
	}

}
