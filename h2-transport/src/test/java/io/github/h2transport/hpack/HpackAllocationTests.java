package io.github.h2transport.hpack;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.HeaderField;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A request that looks like the one before must not produce garbage. */
class HpackAllocationTests {

	private static final int BLOCKS = 20_000;

	// what the measurement itself may cost, spread over the blocks
	private static final long BYTES_PER_BLOCK = 1;

	private static final HeaderField[] FIELDS = Block
		.fields(":method: GET", ":scheme: https", ":authority: api.example.com", ":path: /orders/42",
				"accept: application/json", "user-agent: h2-transport", "x-tenant: blue")
		.toArray(HeaderField[]::new);

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Test
	void encodingIndexedFieldsAllocatesNothing() {
		HpackEncoder encoder = new HpackEncoder(4096);
		OctetSink out = new OctetSink(256);
		encodeBlocks(encoder, out);
		long before = this.threads.getCurrentThreadAllocatedBytes();
		encodeBlocks(encoder, out);
		long allocated = this.threads.getCurrentThreadAllocatedBytes() - before;
		assertThat(out.length()).as("one octet a field").isEqualTo(FIELDS.length);
		assertThat(allocated / BLOCKS).isLessThan(BYTES_PER_BLOCK);
	}

	@Test
	void encodingLiteralsAllocatesNothing() {
		HpackEncoder encoder = new HpackEncoder(0);
		OctetSink out = new OctetSink(256);
		encodeBlocks(encoder, out);
		long before = this.threads.getCurrentThreadAllocatedBytes();
		encodeBlocks(encoder, out);
		long allocated = this.threads.getCurrentThreadAllocatedBytes() - before;
		assertThat(out.length()).isGreaterThan(30);
		assertThat(allocated / BLOCKS).isLessThan(BYTES_PER_BLOCK);
	}

	@Test
	void decodingIndexedFieldsAllocatesNothing() throws HpackException {
		HpackEncoder encoder = new HpackEncoder(4096);
		HpackDecoder decoder = new HpackDecoder(4096);
		Block.decode(decoder, Block.encode(encoder, List.of(FIELDS)));
		byte[] octets = Block.octets(Block.encode(encoder, List.of(FIELDS)));
		assertThat(octets).hasSize(FIELDS.length);
		for (ByteBuffer block : List.of(ByteBuffer.wrap(octets),
				ByteBuffer.allocateDirect(octets.length).put(octets).flip())) {
			int[] fields = { 0 };
			FieldSink sink = (name, value, sensitive) -> fields[0]++;
			decodeBlocks(decoder, block, sink);
			long before = this.threads.getCurrentThreadAllocatedBytes();
			decodeBlocks(decoder, block, sink);
			long allocated = this.threads.getCurrentThreadAllocatedBytes() - before;
			assertThat(fields[0]).isEqualTo(2 * BLOCKS * FIELDS.length);
			assertThat(allocated / BLOCKS).isLessThan(BYTES_PER_BLOCK);
		}
	}

	private static void encodeBlocks(HpackEncoder encoder, OctetSink out) {
		for (int i = 0; i < BLOCKS; i++) {
			out.clear();
			encoder.beginBlock(out);
			for (HeaderField field : FIELDS) {
				encoder.encode(field.name(), field.value(), field.sensitive(), out);
			}
		}
	}

	private static void decodeBlocks(HpackDecoder decoder, ByteBuffer block, FieldSink sink) throws HpackException {
		for (int i = 0; i < BLOCKS; i++) {
			decoder.decode(block.rewind(), sink);
		}
	}

}
