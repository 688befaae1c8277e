package io.github.h2transport.conn;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.github.h2transport.frame.FrameWriter;

/**
 * One connection's life as data: what the server sends and what callers do meanwhile, in
 * order. It can be cut, damaged, played again, and kept as text, one step a line.
 *
 * @param name what it shows
 * @param steps what happens
 */
record Session(String name, List<Step> steps) {

	/** What a caller wants. */
	enum Kind {

		GET, HEAD, POST, POST_WITH_TRAILERS, LARGE_POST, EXPECTING_POST,

		/** A GET whose content nobody reads before all is over. */
		UNREAD_GET

	}

	/** One thing that happens. */
	sealed interface Step {

	}

	/** A call begins. */
	record Begin(Kind kind) implements Step {

		@Override
		public String toString() {
			return "call " + this.kind;
		}

	}

	/** Octets come from the server. */
	static final class Octets implements Step {

		private final byte[] octets;

		Octets(byte[] octets) {
			this.octets = octets.clone();
		}

		byte[] octets() {
			return this.octets.clone();
		}

		@Override
		public String toString() {
			return "server " + HexFormat.of().formatHex(this.octets);
		}

	}

	/** The caller of a call, counted from 0, gives up. */
	record Leave(int call) implements Step {

		@Override
		public String toString() {
			return "leave " + this.call;
		}

	}

	/** Time passes. */
	record Time(int millis) implements Step {

		@Override
		public String toString() {
			return "time " + this.millis;
		}

	}

	/** The socket takes so many octets more and then none; any number if negative. */
	record Room(int octets) implements Step {

		@Override
		public String toString() {
			return "room " + this.octets;
		}

	}

	/** The server's output ends. */
	record EndOfInput() implements Step {

		@Override
		public String toString() {
			return "end";
		}

	}

	/** Returns how much the server sends, in octets. */
	int serverOctets() {
		int all = 0;
		for (Step step : this.steps) {
			all += (step instanceof Octets sent) ? sent.octets.length : 0;
		}
		return all;
	}

	/** Returns whether the client may be unable to send all that it should. */
	boolean isStalled() {
		return this.steps.stream().anyMatch(Room.class::isInstance);
	}

	/** Returns whether the server's last frame is incomplete. */
	boolean endsMidFrame() {
		return walk(-1).hasRemaining();
	}

	/** Returns whether there is a frame of that type, or an incomplete one. */
	boolean hasFrame(int type) {
		return walk(type).hasRemaining();
	}

	/** Walks over whole frames until there is one of that type. */
	private ByteBuffer walk(int type) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (Step step : this.steps) {
			if (step instanceof Octets sent) {
				all.writeBytes(sent.octets);
			}
		}
		ByteBuffer octets = ByteBuffer.wrap(all.toByteArray());
		while (octets.remaining() >= FrameWriter.FRAME_HEADER_SIZE) {
			int lengthAndType = octets.getInt(octets.position());
			int next = octets.position() + FrameWriter.FRAME_HEADER_SIZE + (lengthAndType >>> 8);
			if (next > octets.limit() || (lengthAndType & 0xff) == type) {
				break;
			}
			octets.position(next);
		}
		return octets;
	}

	static Session parse(String name, List<String> lines) {
		List<Step> steps = new ArrayList<>();
		for (String line : lines) {
			if (line.isBlank() || line.startsWith("#")) {
				continue;
			}
			String[] words = line.split(" ", 2);
			String word = (words.length > 1) ? words[1].strip() : "";
			steps.add(switch (words[0]) {
				case "call" -> new Begin(Kind.valueOf(word));
				case "server" -> new Octets(HexFormat.of().parseHex(word));
				case "leave" -> new Leave(Integer.parseInt(word));
				case "time" -> new Time(Integer.parseInt(word));
				case "room" -> new Room(Integer.parseInt(word));
				case "end" -> new EndOfInput();
				default -> throw new IllegalArgumentException("No step of a session: " + line);
			});
		}
		return new Session(name, List.copyOf(steps));
	}

	/** Returns the lines that {@link #parse} reads. */
	List<String> lines() {
		return this.steps.stream().map(Step::toString).toList();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
