package io.github.h2transport.testkit.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

/**
 * A TLS record as it stands on the wire (RFC 8446 section 5.1).
 *
 * @param type the content type, which TLS 1.3 hides from some time on
 * @param octets all of it, its header included
 */
public record TlsRecord(int type, byte[] octets) {

	public static final int CHANGE_CIPHER_SPEC = 20;

	public static final int ALERT = 21;

	public static final int HANDSHAKE = 22;

	public static final int APPLICATION_DATA = 23;

	/** The next one, {@code null} at the end. */
	public static @Nullable TlsRecord read(InputStream from) throws IOException {
		byte[] header = from.readNBytes(5);
		if (header.length < 5) {
			return null;
		}
		int length = (header[3] & 0xff) << 8 | header[4] & 0xff;
		ByteArrayOutputStream octets = new ByteArrayOutputStream();
		octets.write(header);
		octets.write(from.readNBytes(length));
		return new TlsRecord(header[0], octets.toByteArray());
	}

}
