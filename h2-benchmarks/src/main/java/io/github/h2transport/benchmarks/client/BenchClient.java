package io.github.h2transport.benchmarks.client;

import java.io.Closeable;
import java.util.concurrent.CompletionStage;

/**
 * One client as the workloads see it. Thread-safe. A method that a client has no API for
 * stays as it is here and becomes a row that says so.
 */
public interface BenchClient extends AutoCloseable {

	/**
	 * Makes one call and reads the answer to its end.
	 * @param call what to ask for
	 * @return the octets of the content, from {@link BenchCall#check}
	 * @throws Exception if the client failed or the answer was not the right one
	 */
	default long call(BenchCall call) throws Exception {
		throw new UnsupportedOperationException("no blocking calls");
	}

	/**
	 * Makes one call without blocking and reads the answer to its end.
	 * @param call what to ask for
	 * @return the octets of the content; completed by any thread
	 */
	default CompletionStage<Long> callAsync(BenchCall call) {
		throw new UnsupportedOperationException("no asynchronous calls");
	}

	/**
	 * Makes one call, waits for the head of the answer and then reads nothing.
	 * @param call what to ask for, larger than any window
	 * @return ends the call
	 * @throws Exception if the client failed
	 */
	default Closeable stall(BenchCall call) throws Exception {
		throw new UnsupportedOperationException("no way to leave an answer unread");
	}

	@Override
	default void close() throws Exception {
	}

}
