package io.github.h2transport.spring.matrix;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One of the ways to make a call. */
interface Client {

	Duration LIMIT = Duration.ofSeconds(30);

	/** How much of a streamed upload is handed over at once. */
	int PIECE = 8192;

	/**
	 * Makes a call and reads the answer to its end.
	 * @param ask what to send
	 * @return what came back, whatever its status
	 * @throws Exception what the client throws
	 */
	Answer call(Ask ask) throws Exception;

	/**
	 * Makes calls at the same time, each from a thread of its own unless the client needs
	 * none.
	 * @param asks what to send
	 * @return what came back, in the same order
	 * @throws Exception what the client throws
	 */
	default List<Answer> callAtOnce(List<Ask> asks) throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(asks.size());
		try {
			List<Future<Answer>> calls = new ArrayList<>();
			for (Ask ask : asks) {
				calls.add(callers.submit(() -> call(ask)));
			}
			List<Answer> answers = new ArrayList<>();
			for (Future<Answer> call : calls) {
				answers.add(call.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
			}
			return answers;
		}
		finally {
			callers.shutdownNow();
		}
	}

	/** A client that blocks nobody. */
	@FunctionalInterface
	interface Async extends Client {

		CompletableFuture<Answer> start(Ask ask);

		@Override
		default Answer call(Ask ask) throws Exception {
			return start(ask).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		}

		@Override
		default List<Answer> callAtOnce(List<Ask> asks) throws Exception {
			List<CompletableFuture<Answer>> calls = asks.stream().map(this::start).toList();
			List<Answer> answers = new ArrayList<>();
			for (CompletableFuture<Answer> call : calls) {
				answers.add(call.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
			}
			return answers;
		}

	}

}
