package io.github.h2transport.conn;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;

/**
 * The content of a response for one who blocks. Whoever has it has the response too, so
 * that neither is found lost while the other is in use.
 */
final class ResponseInput extends InputStream {

	private final StreamResponse response;

	private final ResponseBody body;

	ResponseInput(StreamResponse response, ResponseBody body) {
		this.response = response;
		this.body = body;
	}

	@Override
	public int read() throws IOException {
		try {
			return this.body.read();
		}
		finally {
			Reference.reachabilityFence(this.response);
		}
	}

	@Override
	public int read(byte[] into, int offset, int length) throws IOException {
		try {
			return this.body.read(into, offset, length);
		}
		finally {
			Reference.reachabilityFence(this.response);
		}
	}

	@Override
	public byte[] readNBytes(int length) throws IOException {
		try {
			return this.body.readNBytes(length);
		}
		finally {
			Reference.reachabilityFence(this.response);
		}
	}

	@Override
	public long transferTo(OutputStream out) throws IOException {
		try {
			return this.body.transferTo(out);
		}
		finally {
			Reference.reachabilityFence(this.response);
		}
	}

	@Override
	public int available() throws IOException {
		return this.body.available();
	}

	/** Ends the exchange, as closing the response does. */
	@Override
	public void close() {
		this.response.close();
	}

}
