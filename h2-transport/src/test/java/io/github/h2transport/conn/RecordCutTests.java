package io.github.h2transport.conn;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.h2transport.frame.FrameWriter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** TLS records and frames: neither cuts the other where it can be helped. */
class RecordCutTests {

	private static final int HEADER = FrameWriter.FRAME_HEADER_SIZE;

	private final RecordCut cut = new RecordCut();

	@Test
	void thePrefaceAndSmallFramesShareARecord() {
		assertThat(records(preface(), frame(18), frame(4), frame(100))).containsExactly(24 + 3 * HEADER + 122);
	}

	@Test
	void aFrameThatDoesNotFitBeginsTheNextRecord() {
		assertThat(records(preface(), frame(100), frame(RecordCut.CONTENT), frame(10)))
			.containsExactly(24 + HEADER + 100, RecordCut.RECORD, HEADER + 10);
	}

	@Test
	void aFrameThatFitsNoRecordHasRecordsOfItsOwn() {
		assertThat(records(preface(), frame(16_384), frame(10))).containsExactly(24, RecordCut.RECORD,
				16_384 + HEADER - RecordCut.RECORD, HEADER + 10);
	}

	@Test
	void aFrameOfFewOctetsLessThanARecordLeavesNoRoomForAnother() {
		assertThat(records(preface(), frame(RecordCut.CONTENT - HEADER), frame(0), frame(0))).containsExactly(24,
				RecordCut.RECORD, HEADER);
	}

	@Test
	void whereverTheEngineStopsTheNextRecordEndsWithAFrame() {
		Random random = new Random(11);
		for (int round = 0; round < 200; round++) {
			RecordCut cutting = new RecordCut();
			List<byte[]> frames = new ArrayList<>(List.of(preface()));
			List<Integer> ends = new ArrayList<>(List.of(24));
			for (int i = 0; i < 20; i++) {
				frames.add(frame(random.nextInt(random.nextBoolean() ? 50 : RecordCut.CONTENT + 1)));
				ends.add(ends.get(i) + frames.get(i + 1).length);
			}
			ByteBuffer octets = joined(frames.toArray(byte[][]::new));
			while (octets.hasRemaining()) {
				int next = cutting.next(octets);
				assertThat(next).isBetween(1, RecordCut.RECORD);
				assertThat(ends).contains(octets.position() + next);
				// An engine may take less than it is offered.
				int taken = random.nextInt(4) == 0 ? 1 + random.nextInt(next) : next;
				cutting.sent(octets, octets.position(), taken);
				octets.position(octets.position() + taken);
			}
		}
	}

	private List<Integer> records(byte[]... frames) {
		ByteBuffer octets = joined(frames);
		List<Integer> records = new ArrayList<>();
		while (octets.hasRemaining()) {
			int next = this.cut.next(octets);
			this.cut.sent(octets, octets.position(), next);
			octets.position(octets.position() + next);
			records.add(next);
		}
		return records;
	}

	private static ByteBuffer joined(byte[]... frames) {
		ByteBuffer octets = ByteBuffer.allocate(20 * RecordCut.RECORD + 1000);
		for (byte[] frame : frames) {
			octets.put(frame);
		}
		return octets.flip();
	}

	private static byte[] preface() {
		ByteBuffer octets = ByteBuffer.allocate(FrameWriter.PREFACE_SIZE);
		FrameWriter.preface(octets);
		return octets.array();
	}

	private static byte[] frame(int length) {
		ByteBuffer octets = ByteBuffer.allocate(HEADER + length);
		FrameWriter.dataHeader(octets, 1, length, false);
		return octets.array();
	}

}
