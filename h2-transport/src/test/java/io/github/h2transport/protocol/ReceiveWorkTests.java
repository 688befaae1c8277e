package io.github.h2transport.protocol;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import io.github.h2transport.frame.ConnectionError;
import io.github.h2transport.frame.Octets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.h2transport.frame.Octets.frame;
import static io.github.h2transport.frame.Octets.hex;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 9113 section 10.5: work and memory are in proportion to the octets that arrived,
 * whatever they say. Work is counted in calls, memory in octets of our own buffers and
 * texts, allocation as the JVM counts it for this thread.
 */
@Timeout(60)
class ReceiveWorkTests {

	private static final String OURS = "io.github.h2transport.";

	private static final int MAX_FRAME_SIZE = 16_384;

	private static final int MAX_HEADER_LIST_SIZE = 64 * 1024;

	private static final int TABLE_SIZE = 4096;

	/** What a hostile peer sends, if it may. */
	private static final int OCTETS = 2 * 1024 * 1024;

	private static final int READ = 64 * 1024;

	private static final int FRAME_HEADER = 9;

	/** Look-up, state, what it means, and what it costs in credit. */
	private static final int CALLS_PER_FRAME = 6;

	private static final int CALLS_PER_READ = 4;

	/** Two strings for a field of five octets are the worst. */
	private static final int ALLOCATED_PER_OCTET = 64;

	/**
	 * Exceptions, classes that are loaded, and what a stream or a connection costs once.
	 */
	private static final int ALLOCATED_ONCE = 512 * 1024;

	/** A header block that is not complete may double its array as it grows. */
	private static final int RETAINED = 2 * 4 * MAX_HEADER_LIST_SIZE + MAX_FRAME_SIZE + 64 * 1024;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final Peer peer = new Peer();

	/** What to send again and again. Stream 1 runs, stream 3 is gone. */
	enum Attack {

		PINGS(() -> frame(0x6, 0, 0, new byte[8])),

		SETTINGS(() -> frame(0x4, 0, 0, hex("000400010000".repeat(32)))),

		WINDOW_UPDATES(() -> frame(0x8, 0, 1, "00000001")),

		WINDOW_UPDATES_OF_A_STREAM_THAT_IS_GONE(() -> frame(0x8, 0, 3, "00000001")),

		RESETS(() -> frame(0x3, 0, 3, "00000000")),

		PRIORITIES(() -> frame(0x2, 0, 1, new byte[5])),

		UNKNOWN(() -> frame(0xee, 0, 0, "")),

		LONG_UNKNOWN(() -> frame(0xee, 0, 0, new byte[MAX_FRAME_SIZE])),

		EMPTY_DATA(() -> frame(0x0, 0, 1, "")),

		DATA_OF_ONE_OCTET(() -> frame(0x0, 0, 1, "61")),

		DATA_OF_A_STREAM_THAT_IS_GONE(() -> frame(0x0, 0, 3, new byte[100])),

		PADDING(() -> frame(0x0, 0x8, 1, Octets.join(hex("ff"), new byte[255]))),

		HEADERS_OF_A_STREAM_THAT_IS_GONE(() -> frame(0x1, 0x4, 3, hex("88" + "0001610162".repeat(1000)))),

		INTERIM_RESPONSES(() -> frame(0x1, 0x4, 1, "08 03313033")),

		HPACK_BOMB(() -> frame(0x1, 0x4, 3, Octets.join(hex("4001617f8117"), new byte[3030], bombs()))),

		CONTINUATIONS(() -> Octets.join(frame(0x1, 0, 1, "88"), frame(0x9, 0, 1, new byte[MAX_FRAME_SIZE]),
				frame(0x9, 0, 1, new byte[MAX_FRAME_SIZE]), frame(0x9, 0, 1, new byte[MAX_FRAME_SIZE]),
				frame(0x9, 0, 1, new byte[MAX_FRAME_SIZE]))),

		GOAWAYS(() -> frame(0x7, 0, 0, new byte[1000]));

		private final Supplier<byte[]> frames;

		Attack(Supplier<byte[]> frames) {
			this.frames = frames;
		}

		private static byte[] bombs() {
			byte[] bombs = new byte[12_000];
			Arrays.fill(bombs, (byte) 0xbe);
			return bombs;
		}

		/** So many octets of whole attacks, at the least. */
		byte[] octets(int least) {
			byte[] one = this.frames.get();
			int times = least / one.length + 1;
			ByteBuffer all = ByteBuffer.allocate(times * one.length);
			while (all.hasRemaining()) {
				all.put(one);
			}
			return all.array();
		}

	}

	@ParameterizedTest
	@EnumSource
	void workIsInProportionToTheOctets(Attack attack) {
		int read = this.peer.receive(attack, 0);
		assertThat(this.peer.calls)
			.isLessThanOrEqualTo(CALLS_PER_FRAME * (read / FRAME_HEADER + 1L) + CALLS_PER_READ * (read / READ + 1L));
	}

	@ParameterizedTest
	@EnumSource
	void workIsInProportionAlsoWhileTimePaysForIt(Attack attack) {
		int read = this.peer.receive(attack, 60_000_000);
		assertThat(this.peer.calls)
			.isLessThanOrEqualTo(CALLS_PER_FRAME * (read / FRAME_HEADER + 1L) + CALLS_PER_READ * (read / READ + 1L));
	}

	@ParameterizedTest
	@EnumSource
	void allocationIsInProportionToTheOctets(Attack attack) {
		new Peer().receive(attack, 0);
		long before = this.threads.getCurrentThreadAllocatedBytes();
		int read = this.peer.receive(attack, 0);
		// What the attack itself is made of is not ours.
		long allocated = this.threads.getCurrentThreadAllocatedBytes() - before - 2L * this.peer.sent;
		assertThat(allocated).isLessThan((long) ALLOCATED_PER_OCTET * read + ALLOCATED_ONCE);
	}

	@ParameterizedTest
	@EnumSource
	void memoryIsBounded(Attack attack) throws Exception {
		this.peer.receive(attack, 60_000_000);
		assertThat(retained(this.peer.half)).isLessThan(RETAINED);
	}

	@Test
	void aBlockThatIsNotCompleteKeepsWhatArrivedAndNotMore() throws Exception {
		this.peer
			.read(Octets.join(frame(0x1, 0, 1, new byte[MAX_FRAME_SIZE]), frame(0x9, 0, 1, new byte[MAX_FRAME_SIZE])));
		assertThat(retained(this.peer.half)).isBetween(2L * MAX_FRAME_SIZE, 2L * 2 * MAX_FRAME_SIZE + 8192);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x0, 0x1, 0x7, 0xee })
	void aFrameThatIsAnnouncedCostsNothing(int type) throws Exception {
		new Peer(0xff_ffff).read(Octets.header(0xff_ffff, type, 0, (type == 0x7) ? 0 : 1));
		Peer second = new Peer(0xff_ffff);
		byte[] octets = Octets.join(Octets.header(0xff_ffff, type, 0, (type == 0x7) ? 0 : 1), new byte[20]);
		long before = this.threads.getCurrentThreadAllocatedBytes();
		second.read(octets);
		assertThat(this.threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX_FRAME_SIZE);
		assertThat(retained(second.half)).isLessThan(MAX_FRAME_SIZE);
	}

	@ParameterizedTest
	@ValueSource(strings = {
			// A name and a value of 1 GiB, plain and in Huffman code.
			"00 7f 81ffffff03", "00 ff 81ffffff03", "00 0161 7f 81ffffff03", "00 0161 ff 81ffffff03" })
	void aStringThatIsAnnouncedCostsNothing(String block) {
		byte[] octets = frame(0x1, 0x4, 1, hex(block));
		assertThat(new Peer().failure(octets)).isNotNull();
		Peer second = new Peer();
		long before = this.threads.getCurrentThreadAllocatedBytes();
		ConnectionError failure = second.failure(octets);
		assertThat(this.threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MAX_FRAME_SIZE);
		assertThat(failure).isNotNull().hasMessageContaining("octets");
	}

	// ---- counting ----

	/** Octets of arrays, buffers and texts that an object of ours holds on to. */
	private static long retained(Object root) throws IllegalAccessException {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Object> left = new ArrayDeque<>();
		left.add(root);
		long octets = 0;
		while (!left.isEmpty()) {
			Object next = left.remove();
			if (!seen.add(next) || Proxy.isProxyClass(next.getClass())) {
				continue;
			}
			octets += ownOctets(next);
			if (next instanceof Object[] array) {
				octets += 4L * array.length;
				for (Object each : array) {
					if (each != null) {
						left.add(each);
					}
				}
			}
			else if (next instanceof Collection<?> elements) {
				left.addAll(elements);
			}
			else if (next.getClass().getName().startsWith(OURS)) {
				addFields(next, left);
			}
		}
		return octets;
	}

	private static long ownOctets(Object object) {
		if (object instanceof Buffer buffer) {
			return buffer.capacity();
		}
		if (object instanceof CharSequence text) {
			return text.length();
		}
		if (object instanceof byte[] octets) {
			return octets.length;
		}
		if (object instanceof int[] ints) {
			return 4L * ints.length;
		}
		return (object instanceof long[] longs) ? 8L * longs.length : 0;
	}

	private static void addFields(Object object, Deque<Object> left) throws IllegalAccessException {
		for (Class<?> type = object.getClass(); type != null
				&& type.getName().startsWith(OURS); type = type.getSuperclass()) {
			for (Field field : type.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
					field.setAccessible(true);
					Object value = field.get(object);
					if (value != null) {
						left.add(value);
					}
				}
			}
		}
	}

	/** A receive half whose events are counted and do nothing. */
	private static final class Peer {

		private final Stream stream = new Stream();

		private final ReceiveHalf half;

		private long calls;

		private int sent;

		Peer() {
			this(MAX_FRAME_SIZE);
		}

		Peer(int maxFrameSize) {
			ReceiveEvents events = (ReceiveEvents) Proxy.newProxyInstance(ReceiveEvents.class.getClassLoader(),
					new Class<?>[] { ReceiveEvents.class }, (proxy, method, arguments) -> event(method, arguments));
			this.half = new ReceiveHalf(maxFrameSize, MAX_HEADER_LIST_SIZE, TABLE_SIZE,
					ReceiveWindow.ofConnection(Integer.MAX_VALUE), new FloodGuard(), events,
					FrameTrace.ofReceived(new NoLines()));
			read(Octets.EMPTY_SETTINGS);
			read(frame(0x1, 0x4, 1, "88"));
		}

		private @Nullable Object event(Method method, Object[] arguments) {
			this.calls++;
			return switch (method.getName()) {
				case "stream" -> ((int) arguments[0] == 1) ? this.stream : null;
				case "lastOpenedId" -> 3;
				case "dataSent", "resetCredit" -> 0L;
				case "settings", "windowUpdate" -> true;
				default -> null;
			};
		}

		void read(byte[] octets) {
			ConnectionError failure = failure(octets);
			assertThat(failure).isNull();
		}

		@Nullable ConnectionError failure(byte[] octets) {
			try {
				this.half.read(ByteBuffer.wrap(octets), 0);
				return null;
			}
			catch (ConnectionError ex) {
				return ex;
			}
		}

		/** Receives an attack read by read, until all is there or one is too many. */
		int receive(Attack attack, long nanosPerRead) {
			this.calls = 0;
			byte[] octets = attack.octets(OCTETS);
			this.sent = octets.length;
			long now = 0;
			int read = 0;
			while (read < octets.length) {
				int some = Math.min(READ, octets.length - read);
				ByteBuffer in = ByteBuffer.wrap(octets, read, some);
				read += some;
				try {
					this.half.read(in, now);
				}
				catch (ConnectionError ex) {
					return read;
				}
				now += nanosPerRead;
			}
			return read;
		}

	}

	private static final class NoLines implements FrameLines {

		@Override
		public boolean isOn() {
			return false;
		}

		@Override
		public void add(String line) {
			throw new AssertionError("Nobody wants lines");
		}

	}

	private static final class Stream extends ProtocolStream {

		Stream() {
			super(false, Integer.MAX_VALUE);
			assignId(1);
			advance(StreamState.Input.SEND_HEADERS);
		}

		@Override
		protected @Nullable OutgoingContent content() {
			return null;
		}

		@Override
		protected void contentSent() {
		}

	}

}
