package io.github.h2transport.hpack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.github.h2transport.HeaderField;

/** Header blocks as the RFC prints them: hexadecimal with spaces. */
final class Block {

	private Block() {
	}

	static byte[] octets(String hex) {
		return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
	}

	static String hex(OctetSink out) {
		return HexFormat.of().formatHex(out.array(), 0, out.length());
	}

	static List<HeaderField> decode(HpackDecoder decoder, String hex) throws HpackException {
		return decode(decoder, ByteBuffer.wrap(octets(hex)));
	}

	static List<HeaderField> decode(HpackDecoder decoder, ByteBuffer block) throws HpackException {
		List<HeaderField> fields = new ArrayList<>();
		decoder.decode(block, (name, value, sensitive) -> fields.add(new HeaderField(name, value, sensitive)));
		return fields;
	}

	static String encode(HpackEncoder encoder, List<HeaderField> fields) {
		OctetSink out = new OctetSink(16);
		encoder.beginBlock(out);
		for (HeaderField field : fields) {
			encoder.encode(field.name(), field.value(), field.sensitive(), out);
		}
		return hex(out);
	}

	/** Fields from lines of {@code name: value}; a leading {@code !} makes one sensitive. */
	static List<HeaderField> fields(String... lines) {
		List<HeaderField> fields = new ArrayList<>();
		for (String line : lines) {
			boolean sensitive = line.startsWith("!");
			int colon = line.indexOf(": ", 1);
			fields.add(new HeaderField(line.substring(sensitive ? 1 : 0, colon), line.substring(colon + 2), sensitive));
		}
		return fields;
	}

}
