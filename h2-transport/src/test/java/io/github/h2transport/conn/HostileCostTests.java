package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.ErrorCode;
import io.github.h2transport.hpack.HpackEncoder;
import io.github.h2transport.hpack.OctetSink;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 10.5: what one octet of a hostile server costs us, in memory and in
 * time, is bounded by a constant, whatever the octets are.
 */
@Timeout(120)
class HostileCostTests {

	private static final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	/** The dearest flood, GOAWAY, takes 13: an op and a note of it for 17 octets. */
	private static final double MOST_ALLOCATED_PER_OCTET = 50;

	/** Compiled code takes less than 100; this is for a machine at its worst. */
	private static final double MOST_NANOS_PER_OCTET = 2000;

	/** The first rounds are interpreted. */
	private static final int ROUNDS = 4;

	private static final int FLOOD = 400_000;

	private static final int PIECE = 16_384;

	/** What the server floods us with. */
	enum Flood {

		PING, PING_ACK, SETTINGS, SETTINGS_WITH_VALUES, WINDOW_UPDATE, STREAM_WINDOW_UPDATE, RST_STREAM, PRIORITY,
		UNKNOWN, EMPTY_DATA, DATA_OF_ONE_OCTET, PADDED_DATA, INTERIM, CONTINUATION, EMPTY_CONTINUATION, INDEXED_FIELDS,
		LARGE_INDEXED_FIELDS, LITERAL_FIELDS, HEADERS_OF_ENDED_STREAM, GOAWAY, NOISE

	}

	@ParameterizedTest
	@EnumSource
	void anOctetCostsLittle(Flood flood) throws Exception {
		double allocated = Double.MAX_VALUE;
		double nanos = Double.MAX_VALUE;
		for (int round = 0; round < ROUNDS; round++) {
			Cost cost = cost(flood);
			allocated = Math.min(allocated, cost.allocated());
			nanos = Math.min(nanos, cost.nanos());
		}
		System.out.printf("%s: %.1f octets and %.0f ns for each octet%n", flood, allocated, nanos);
		assertThat(allocated).as("octets allocated per octet").isLessThan(MOST_ALLOCATED_PER_OCTET);
		assertThat(nanos).as("ns per octet").isLessThan(MOST_NANOS_PER_OCTET);
	}

	/** Until the flood is over, or the connection. */
	private static Cost cost(Flood flood) throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		peer.call(ScriptedPeer.get("/a"));
		Exchange left = peer.call(ScriptedPeer.get("/b"));
		peer.settle();
		left.stream().cancel(ErrorCode.CANCEL, SessionPlayer.left());
		byte[] octets = octets(flood);
		peer.settle();
		long thread = Thread.currentThread().getId();
		long allocatedBefore = threads.getThreadAllocatedBytes(thread);
		long nanosBefore = threads.getCurrentThreadCpuTime();
		int sent = 0;
		while (sent < octets.length && peer.connection().driver().ending().endedBy() == null) {
			int end = Math.min(octets.length, sent + PIECE);
			peer.sendOctets(Arrays.copyOfRange(octets, sent, end));
			sent = end;
		}
		// The end of a connection costs something once.
		double per = Math.max(sent, PIECE);
		return new Cost((threads.getThreadAllocatedBytes(thread) - allocatedBefore) / per,
				(threads.getCurrentThreadCpuTime() - nanosBefore) / per);
	}

	private static byte[] octets(Flood flood) {
		return switch (flood) {
			case PING -> many(frame(6, 0, 0, new byte[8]));
			case PING_ACK -> many(frame(6, 1, 0, new byte[8]));
			case SETTINGS -> many(frame(4, 0, 0));
			case SETTINGS_WITH_VALUES ->
				many(frame(4, 0, 0, 0, 4, 0, 0, 0x10, 0, 0, 4, 0, 0, 0x20, 0, 0, 1, 0, 0, 1, 0));
			case WINDOW_UPDATE -> many(frame(8, 0, 0, 0, 0, 0, 1));
			case STREAM_WINDOW_UPDATE -> many(frame(8, 0, 1, 0, 0, 0, 1));
			case RST_STREAM -> many(frame(3, 0, 3, 0, 0, 0, 8));
			case PRIORITY -> many(frame(2, 0, 1, 0, 0, 0, 3, 9));
			case UNKNOWN -> many(frame(0xfa, 0, 1));
			case EMPTY_DATA -> after(head(), many(frame(0, 0, 1)));
			case DATA_OF_ONE_OCTET -> after(head(), many(frame(0, 0, 1, 'x')));
			case PADDED_DATA -> after(head(), many(frame(0, 8, 1, 2, 'x', 0, 0)));
			case INTERIM -> many(frame(1, 4, 1, 0x08, 0x03, '1', '0', '3'));
			case CONTINUATION -> after(frame(1, 0, 1, 0x88), many(frame(9, 0, 1, 0x90)));
			case EMPTY_CONTINUATION -> after(frame(1, 0, 1, 0x88), many(frame(9, 0, 1)));
			case INDEXED_FIELDS -> many(frame(1, 4, 3, filled(0x90)));
			case LARGE_INDEXED_FIELDS -> after(frame(1, 4, 3, largeField()), many(frame(1, 4, 3, filled(0xbe))));
			case LITERAL_FIELDS -> many(frame(1, 4, 3, literals()));
			case HEADERS_OF_ENDED_STREAM -> many(frame(1, 4, 3, new byte[] { (byte) 0x88 }));
			case GOAWAY -> many(frame(7, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0));
			case NOISE -> noise();
		};
	}

	private static byte[] head() {
		return frame(1, 4, 1, 0x88);
	}

	private static byte[] filled(int octet) {
		byte[] block = new byte[16_000];
		Arrays.fill(block, (byte) octet);
		return block;
	}

	/** Fills the dynamic table with one entry. */
	private static byte[] largeField() {
		OctetSink sink = new OctetSink(64);
		HpackEncoder encoder = new HpackEncoder(4096);
		encoder.beginBlock(sink);
		encoder.encode("x-large", "v".repeat(4000), false, sink);
		return Arrays.copyOf(sink.array(), sink.length());
	}

	/** Without name and value: two octets and the mark. */
	private static byte[] literals() {
		byte[] block = new byte[15_999];
		for (int i = 0; i < block.length; i += 3) {
			block[i] = 0x40;
			block[i + 1] = 0;
			block[i + 2] = 0;
		}
		return block;
	}

	private static byte[] noise() {
		byte[] noise = new byte[FLOOD];
		new Random(10).nextBytes(noise);
		return noise;
	}

	private static byte[] frame(int type, int flags, int streamId, int... payload) {
		byte[] octets = new byte[payload.length];
		for (int i = 0; i < payload.length; i++) {
			octets[i] = (byte) payload[i];
		}
		return frame(type, flags, streamId, octets);
	}

	private static byte[] frame(int type, int flags, int streamId, byte[] payload) {
		return ByteBuffer.allocate(9 + payload.length)
			.putInt(payload.length << 8 | type)
			.put((byte) flags)
			.putInt(streamId)
			.put(payload)
			.array();
	}

	private static byte[] many(byte[] frame) {
		byte[] all = new byte[FLOOD / frame.length * frame.length];
		for (int i = 0; i < all.length; i += frame.length) {
			System.arraycopy(frame, 0, all, i, frame.length);
		}
		return all;
	}

	private static byte[] after(byte[] first, byte[] rest) {
		ByteArrayOutputStream both = new ByteArrayOutputStream();
		both.writeBytes(first);
		both.writeBytes(rest);
		return both.toByteArray();
	}

	/** For each octet that the server sent. */
	private record Cost(double allocated, double nanos) {

	}

}
