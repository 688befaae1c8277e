package io.github.h2transport.spring;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DataBufferWrapper;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.PooledDataBuffer;

/** Makes buffers that must be released, and knows how many of them were not. */
public final class CountingBufferFactory implements DataBufferFactory {

	private final DataBufferFactory heap = new DefaultDataBufferFactory();

	private final AtomicInteger made = new AtomicInteger();

	private final AtomicInteger leaked = new AtomicInteger();

	public int made() {
		return this.made.get();
	}

	/**
	 * Returns how many buffers are still held.
	 * @return 0 if every buffer was released
	 */
	public int held() {
		return this.leaked.get();
	}

	private DataBuffer counted(DataBuffer buffer) {
		this.made.incrementAndGet();
		this.leaked.incrementAndGet();
		return new Counted(buffer);
	}

	@Override
	@Deprecated
	public DataBuffer allocateBuffer() {
		return allocateBuffer(256);
	}

	@Override
	public DataBuffer allocateBuffer(int initialCapacity) {
		return counted(this.heap.allocateBuffer(initialCapacity));
	}

	@Override
	public DataBuffer wrap(ByteBuffer byteBuffer) {
		return counted(this.heap.wrap(byteBuffer));
	}

	@Override
	public DataBuffer wrap(byte[] bytes) {
		return counted(this.heap.wrap(bytes));
	}

	@Override
	public DataBuffer join(List<? extends DataBuffer> dataBuffers) {
		DataBuffer joined = allocateBuffer(dataBuffers.stream().mapToInt(DataBuffer::readableByteCount).sum());
		for (DataBuffer buffer : dataBuffers) {
			joined.write(buffer);
			DataBufferUtils.release(buffer);
		}
		return joined;
	}

	@Override
	public boolean isDirect() {
		return false;
	}

	private final class Counted extends DataBufferWrapper implements PooledDataBuffer {

		private final AtomicInteger references = new AtomicInteger(1);

		private Counted(DataBuffer buffer) {
			super(buffer);
		}

		@Override
		public boolean isAllocated() {
			return this.references.get() > 0;
		}

		@Override
		public PooledDataBuffer retain() {
			this.references.incrementAndGet();
			return this;
		}

		@Override
		public PooledDataBuffer touch(Object hint) {
			return this;
		}

		@Override
		public boolean release() {
			int left = this.references.decrementAndGet();
			if (left < 0) {
				throw new IllegalStateException("released more often than retained");
			}
			if (left == 0) {
				CountingBufferFactory.this.leaked.decrementAndGet();
			}
			return left == 0;
		}

	}

}
