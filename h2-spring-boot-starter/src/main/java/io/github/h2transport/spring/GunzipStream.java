package io.github.h2transport.spring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Content in gzip as it was before. Reads the encoded content to its end before it
 * reports its own, so that content which was cut is never taken for whole. For one
 * reading thread.
 */
final class GunzipStream extends InputStream {

	private static final int BUFFER = 8192; // half a frame of the default size

	private final InputStream encoded;

	private final GzipDecoder decoder = new GzipDecoder();

	private final byte[] buffer = new byte[BUFFER];

	private final byte[] single = new byte[1];

	private boolean ended;

	GunzipStream(InputStream encoded) {
		this.encoded = encoded;
	}

	@Override
	public int read() throws IOException {
		return (read(this.single, 0, 1) > 0) ? this.single[0] & 0xFF : -1;
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		Objects.checkFromIndexSize(offset, length, target.length);
		if (length == 0) {
			return 0;
		}
		while (!this.ended) {
			int decoded = this.decoder.read(target, offset, length);
			if (decoded > 0) {
				return decoded;
			}
			int received = this.encoded.read(this.buffer, 0, BUFFER);
			if (received < 0) {
				this.decoder.end();
				this.ended = true;
				this.decoder.close();
			}
			else {
				this.decoder.input(ByteBuffer.wrap(this.buffer, 0, received));
			}
		}
		return -1;
	}

	@Override
	public void close() throws IOException {
		this.decoder.close();
		this.encoded.close();
	}

}
