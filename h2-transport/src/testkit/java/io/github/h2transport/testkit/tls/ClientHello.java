package io.github.h2transport.testkit.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a client offers (RFC 8446 section 4.1.2), all in hexadecimal but the protocols.
 *
 * @param versions of TLS
 * @param cipherSuites in the order of preference
 * @param compressionMethods of TLS 1.2
 * @param protocols for ALPN
 * @param extensions the types of all extensions
 */
public record ClientHello(List<String> versions, List<String> cipherSuites, String compressionMethods,
		List<String> protocols, List<Integer> extensions) {

	public static final int PRE_SHARED_KEY = 41;

	public static final int EARLY_DATA = 42;

	public static final int POST_HANDSHAKE_AUTH = 49;

	private static final int ALPN = 16;

	private static final int SUPPORTED_VERSIONS = 43;

	/** Reads the first record of a client. */
	public static ClientHello read(InputStream in) throws IOException {
		TlsRecord record = TlsRecord.read(in);
		if (record == null) {
			throw new IOException("no ClientHello");
		}
		return of(record);
	}

	public static ClientHello of(TlsRecord record) {
		int header = 5;
		ByteBuffer octets = ByteBuffer.wrap(record.octets());
		return parse(octets.slice(header, octets.remaining() - header));
	}

	public static ClientHello parse(byte[] message) {
		return parse(ByteBuffer.wrap(message));
	}

	private static ClientHello parse(ByteBuffer in) {
		// Handshake header, legacy version, random.
		in.position(4 + 2 + 32);
		vector(in, 1);
		List<String> suites = pairs(vector(in, 2));
		ByteBuffer methods = vector(in, 1);
		byte[] compression = new byte[methods.remaining()];
		methods.get(compression);
		List<String> versions = List.of();
		List<String> protocols = new ArrayList<>();
		List<Integer> types = new ArrayList<>();
		ByteBuffer extensions = vector(in, 2);
		while (extensions.hasRemaining()) {
			int type = extensions.getShort();
			types.add(type);
			ByteBuffer extension = vector(extensions, 2);
			if (type == SUPPORTED_VERSIONS) {
				versions = pairs(vector(extension, 1));
			}
			else if (type == ALPN) {
				ByteBuffer names = vector(extension, 2);
				while (names.hasRemaining()) {
					protocols.add(StandardCharsets.US_ASCII.decode(vector(names, 1)).toString());
				}
			}
		}
		return new ClientHello(versions, suites, HexFormat.of().formatHex(compression), protocols, types);
	}

	private static ByteBuffer vector(ByteBuffer in, int lengthOctets) {
		int length = (lengthOctets == 1) ? in.get() & 0xff : in.getShort() & 0xffff;
		ByteBuffer content = in.slice(in.position(), length);
		in.position(in.position() + length);
		return content;
	}

	private static List<String> pairs(ByteBuffer in) {
		List<String> pairs = new ArrayList<>();
		while (in.hasRemaining()) {
			pairs.add(HexFormat.of().toHexDigits(in.getShort()));
		}
		return pairs;
	}

}
