package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import io.github.h2transport.conn.Session.Kind;

/** Damages sessions: their steps, the server's frames, and single octets. */
final class SessionMutator {

	private static final int FRAME_HEADER = 9;

	private static final int MOST_CHANGES = 6;

	/** Enough for the smaller budgets against floods. */
	private static final int MOST_COPIES = 300;

	/** Of all copies together, so that a session stays quick. */
	private static final int MOST_OCTETS = 200_000;

	private static final int[] EDGES = { 0, 1, 2, 3, 4, 5, 8, 9, 0x7f, 0x80, 0xfe, 0xff };

	private final List<Session> sessions;

	private final Random random;

	SessionMutator(List<Session> sessions, Random random) {
		this.sessions = sessions;
		this.random = random;
	}

	Session next() {
		Session origin = any();
		List<Session.Step> steps = new ArrayList<>(origin.steps());
		for (int i = this.random.nextInt(MOST_CHANGES); i >= 0; i--) {
			if (this.random.nextInt(4) == 0) {
				changeSteps(steps);
			}
			else {
				changeOctets(steps);
			}
		}
		return new Session(origin.name() + ", damaged", List.copyOf(steps));
	}

	private Session any() {
		return this.sessions.get(this.random.nextInt(this.sessions.size()));
	}

	// ---- steps ----

	private void changeSteps(List<Session.Step> steps) {
		int at = this.random.nextInt(steps.size() + 1);
		switch (this.random.nextInt(10)) {
			case 0 -> steps.add(at, new Session.Leave(this.random.nextInt(3)));
			case 1 -> steps.add(at, new Session.Time(this.random.nextInt(70_000)));
			case 2 -> steps.add(at, new Session.EndOfInput());
			case 3, 4 -> steps.add(at, new Session.Begin(Kind.values()[this.random.nextInt(Kind.values().length)]));
			case 5 -> splice(steps, at);
			case 7 -> steps.add(at, new Session.Room(this.random.nextInt(200)));
			case 8 -> steps.add(at, new Session.Room(-1));
			case 6 -> {
				if (steps.size() > 1) {
					steps.remove(this.random.nextInt(steps.size()));
				}
			}
			default -> Collections.swap(steps, this.random.nextInt(steps.size()), this.random.nextInt(steps.size()));
		}
	}

	/** Goes on with the end of another session. */
	private void splice(List<Session.Step> steps, int at) {
		List<Session.Step> other = any().steps();
		steps.subList(at, steps.size()).clear();
		steps.addAll(other.subList(this.random.nextInt(other.size()), other.size()));
	}

	// ---- octets ----

	private void changeOctets(List<Session.Step> steps) {
		int at = this.random.nextInt(steps.size());
		if (!(steps.get(at) instanceof Session.Octets sent)) {
			return;
		}
		byte[] octets = sent.octets();
		if (octets.length == 0) {
			return;
		}
		if (this.random.nextInt(3) == 0) {
			steps.set(at, new Session.Octets(changedOctets(octets)));
			return;
		}
		List<byte[]> frames = frames(octets);
		changeFrames(frames);
		if (this.random.nextInt(3) == 0 && frames.size() > 1) {
			// In two pieces.
			int half = 1 + this.random.nextInt(frames.size() - 1);
			steps.add(at + 1, new Session.Octets(join(frames.subList(half, frames.size()))));
			steps.set(at, new Session.Octets(join(frames.subList(0, half))));
		}
		else {
			steps.set(at, new Session.Octets(join(frames)));
		}
	}

	private byte[] changedOctets(byte[] octets) {
		int at = this.random.nextInt(octets.length);
		byte[] head = Arrays.copyOf(octets, at);
		byte[] tail = Arrays.copyOfRange(octets, at, octets.length);
		switch (this.random.nextInt(6)) {
			case 0 -> tail[0] ^= (byte) (1 << this.random.nextInt(8));
			case 1 -> tail[0] = edge();
			case 2 -> head = join(List.of(head, noise(1 + this.random.nextInt(20))));
			case 3 -> tail = Arrays.copyOfRange(tail, Math.min(tail.length, 1 + this.random.nextInt(12)), tail.length);
			case 4 -> tail = Arrays.copyOf(tail, this.random.nextInt(tail.length + 1));
			default -> head = join(List.of(head, Arrays.copyOf(tail, 1 + this.random.nextInt(tail.length))));
		}
		return join(List.of(head, tail));
	}

	private byte edge() {
		return this.random.nextBoolean() ? (byte) this.random.nextInt(256)
				: (byte) EDGES[this.random.nextInt(EDGES.length)];
	}

	private byte[] noise(int length) {
		byte[] noise = new byte[length];
		this.random.nextBytes(noise);
		return noise;
	}

	// ---- frames ----

	private void changeFrames(List<byte[]> frames) {
		int at = this.random.nextInt(frames.size());
		byte[] frame = frames.get(at).clone();
		switch (this.random.nextInt(10)) {
			case 0 -> frames.remove(at);
			case 1 -> frames.addAll(at, Collections.nCopies(copies(frame.length), frame));
			case 2 -> Collections.swap(frames, at, this.random.nextInt(frames.size()));
			case 3 -> frames.add(at, aFrame());
			case 4 -> frames.set(at, changedHeader(frame, 3 + this.random.nextInt(2)));
			case 5 -> frames.set(at, changedHeader(frame, 5 + this.random.nextInt(4)));
			case 6 -> frames.set(at, changedHeader(frame, this.random.nextInt(3)));
			case 7 -> frames.set(at, changedPayload(frame));
			case 8 -> split(frames, at, frame);
			default -> frames.add(at, otherFrame());
		}
	}

	private int copies(int length) {
		int most = Math.max(1, Math.min(MOST_COPIES, MOST_OCTETS / length));
		return 1 + this.random.nextInt((this.random.nextInt(4) == 0) ? most : Math.min(most, 4));
	}

	private byte[] changedHeader(byte[] frame, int index) {
		if (index < frame.length) {
			frame[index] = edge();
		}
		return frame;
	}

	/** With a payload that is changed and a length that is right. */
	private byte[] changedPayload(byte[] frame) {
		if (frame.length <= FRAME_HEADER) {
			return frame;
		}
		byte[] payload = changedOctets(Arrays.copyOfRange(frame, FRAME_HEADER, frame.length));
		byte[] header = Arrays.copyOf(frame, FRAME_HEADER);
		setLength(header, payload.length);
		return join(List.of(header, payload));
	}

	/** Into HEADERS and CONTINUATION, or whatever it is. */
	private void split(List<byte[]> frames, int at, byte[] frame) {
		if (frame.length <= FRAME_HEADER) {
			return;
		}
		int cut = FRAME_HEADER + this.random.nextInt(frame.length - FRAME_HEADER);
		byte[] first = Arrays.copyOf(frame, cut);
		byte[] second = join(List.of(Arrays.copyOf(frame, FRAME_HEADER), Arrays.copyOfRange(frame, cut, frame.length)));
		setLength(first, first.length - FRAME_HEADER);
		setLength(second, second.length - FRAME_HEADER);
		first[4] &= ~0x4;
		second[3] = 0x9;
		frames.set(at, first);
		frames.add(at + 1, second);
	}

	private byte[] aFrame() {
		byte[] payload = noise(this.random.nextInt(this.random.nextInt(8) == 0 ? 2000 : 20));
		byte[] header = noise(FRAME_HEADER);
		setLength(header, payload.length);
		header[3] = (byte) this.random.nextInt(12);
		header[5] = 0;
		header[6] = 0;
		header[7] = 0;
		header[8] = (byte) this.random.nextInt(8);
		return join(List.of(header, payload));
	}

	/** Of another session, with its own idea of the dynamic table. */
	private byte[] otherFrame() {
		List<Session.Step> steps = any().steps();
		if (steps.get(this.random.nextInt(steps.size())) instanceof Session.Octets sent && sent.octets().length > 0) {
			List<byte[]> frames = frames(sent.octets());
			return frames.get(this.random.nextInt(frames.size()));
		}
		return aFrame();
	}

	private static void setLength(byte[] header, int length) {
		header[0] = (byte) (length >> 16);
		header[1] = (byte) (length >> 8);
		header[2] = (byte) length;
	}

	/** Cuts octets into frames as far as they are; the last may be a piece. */
	private static List<byte[]> frames(byte[] octets) {
		List<byte[]> frames = new ArrayList<>();
		int from = 0;
		while (from < octets.length) {
			int end = octets.length;
			if (end - from >= FRAME_HEADER) {
				int length = (octets[from] & 0xff) << 16 | (octets[from + 1] & 0xff) << 8 | (octets[from + 2] & 0xff);
				end = Math.min(end, from + FRAME_HEADER + length);
			}
			frames.add(Arrays.copyOfRange(octets, from, end));
			from = end;
		}
		return frames;
	}

	private static byte[] join(List<byte[]> pieces) {
		int length = 0;
		for (byte[] piece : pieces) {
			length += piece.length;
		}
		byte[] all = new byte[length];
		int at = 0;
		for (byte[] piece : pieces) {
			System.arraycopy(piece, 0, all, at, piece.length);
			at += piece.length;
		}
		return all;
	}

}
