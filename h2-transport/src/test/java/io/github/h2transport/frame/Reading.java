package io.github.h2transport.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a reader made of some octets. They are fed whole, octet by octet, and cut in two
 * at every place, from heap and direct buffers; each time the outcome must be the same.
 *
 * @param calls what the handler saw
 * @param error the error that ended the reading; null for none
 * @param midFrame whether the octets end inside a frame
 */
record Reading(List<String> calls, @Nullable String error, boolean midFrame) {

	static final int MAX_FRAME_SIZE = 16384;

	/** Reads the octets behind the server's preface, which is not among the calls. */
	static Reading of(byte[]... octets) {
		Reading reading = fromTheStart(Octets.EMPTY_SETTINGS, Octets.join(octets));
		assertThat(reading.calls.get(0)).isEqualTo("settings {}");
		return new Reading(reading.calls.subList(1, reading.calls.size()), reading.error, reading.midFrame);
	}

	static Reading fromTheStart(byte[]... octets) {
		byte[] all = Octets.join(octets);
		Reading whole = feed(all, (from) -> all.length, false);
		assertThat(feed(all, (from) -> all.length, true)).as("direct buffer").isEqualTo(whole);
		assertThat(feed(all, (from) -> from + 1, false)).as("octet by octet").isEqualTo(whole);
		assertThat(feed(all, (from) -> from + 1, true)).as("octet by octet, direct").isEqualTo(whole);
		for (int i = 1; i < all.length; i++) {
			int cut = i;
			Reading inTwo = feed(all, (from) -> (from < cut) ? cut : all.length, cut % 2 == 0);
			assertThat(inTwo).as("cut at %d", cut).isEqualTo(whole);
		}
		return whole;
	}

	Reading sees(String... expected) {
		assertThat(this.calls).containsExactly(expected);
		return this;
	}

	Reading endsWell() {
		assertThat(this.error).isNull();
		assertThat(this.midFrame).isFalse();
		return this;
	}

	Reading endsMidFrame() {
		assertThat(this.error).isNull();
		assertThat(this.midFrame).isTrue();
		return this;
	}

	Reading failsWith(String expected) {
		assertThat(this.error).isEqualTo(expected);
		return this;
	}

	private static Reading feed(byte[] octets, IntUnaryOperator nextCut, boolean direct) {
		RecordingHandler handler = new RecordingHandler();
		FrameReader reader = new FrameReader(MAX_FRAME_SIZE, handler);
		String error = null;
		for (int from = 0; from < octets.length && error == null;) {
			int to = nextCut.applyAsInt(from);
			ByteBuffer in = surrounded(octets, from, to, direct);
			int end = in.limit();
			try {
				reader.read(in);
			}
			catch (ConnectionError ex) {
				error = ex.toString();
			}
			assertThat(in.position()).isEqualTo(end);
			assertThat(in.limit()).isEqualTo(end);
			from = to;
		}
		return new Reading(new ArrayList<>(handler.calls()), error, reader.isMidFrame() && error == null);
	}

	/** The octets amid others, which a reader that goes too far would see. */
	private static ByteBuffer surrounded(byte[] octets, int from, int to, boolean direct) {
		int length = to - from;
		ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(length + 7) : ByteBuffer.allocate(length + 7);
		while (buffer.hasRemaining()) {
			buffer.put((byte) 0x77);
		}
		return buffer.position(3).put(octets, from, length).limit(3 + length).position(3);
	}

}
