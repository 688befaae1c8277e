package io.github.h2transport.testkit;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.Headers;

/**
 * A whole request at a server that answers by itself, and the way to answer it. For one
 * answer.
 */
public final class ServedExchange {

	private final ServedConn connection;

	private final ServedConn.Stream stream;

	ServedExchange(ServedConn connection, ServedConn.Stream stream) {
		this.connection = connection;
		this.stream = stream;
	}

	public String method() {
		return String.valueOf(fields().get(":method"));
	}

	public String path() {
		return String.valueOf(fields().get(":path"));
	}

	public Headers fields() {
		return this.stream.fields();
	}

	public byte[] content() {
		return this.stream.content().toByteArray();
	}

	/**
	 * Returns the connection's number.
	 * @return 1 for the first one that the server accepted
	 */
	public int connection() {
		return this.connection.number();
	}

	/**
	 * Answers, as fast as the client's windows allow; waits for them.
	 * @param status the status code
	 * @param content the content
	 */
	public void respond(int status, byte[] content) {
		this.connection.respond(this.stream, status, content, new String[0]);
	}

	/**
	 * Answers with fields of the test's own.
	 * @param status the status code
	 * @param content the content
	 * @param fields names and values in turn, sent as they are
	 */
	public void respond(int status, byte[] content, String... fields) {
		this.connection.respond(this.stream, status, content, fields);
	}

	public void reset(ErrorCode code) {
		this.connection.reset(this.stream, code);
	}

}
