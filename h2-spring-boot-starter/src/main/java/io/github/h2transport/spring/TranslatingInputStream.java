package io.github.h2transport.spring;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import io.github.h2transport.Http2Exception;

/**
 * The content of a response, whose failures are translated like those of the call itself.
 */
final class TranslatingInputStream extends FilterInputStream {

	TranslatingInputStream(InputStream content) {
		super(content);
	}

	@Override
	public int read() throws IOException {
		try {
			return this.in.read();
		}
		catch (Http2Exception ex) {
			throw ExceptionTranslator.translate(ex);
		}
	}

	@Override
	public int read(byte[] target, int offset, int length) throws IOException {
		try {
			return this.in.read(target, offset, length);
		}
		catch (Http2Exception ex) {
			throw ExceptionTranslator.translate(ex);
		}
	}

	@Override
	public long skip(long count) throws IOException {
		try {
			return this.in.skip(count);
		}
		catch (Http2Exception ex) {
			throw ExceptionTranslator.translate(ex);
		}
	}

	@Override
	public int available() throws IOException {
		try {
			return this.in.available();
		}
		catch (Http2Exception ex) {
			throw ExceptionTranslator.translate(ex);
		}
	}

	@Override
	public void close() throws IOException {
		try {
			this.in.close();
		}
		catch (Http2Exception ex) {
			throw ExceptionTranslator.translate(ex);
		}
	}

}
