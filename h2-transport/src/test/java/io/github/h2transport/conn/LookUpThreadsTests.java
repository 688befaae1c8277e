package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Bounded: so many run, so many wait, the next one is refused. */
@Timeout(60)
class LookUpThreadsTests {

	private final LookUpThreads threads = new LookUpThreads(2, 3);

	private final CountDownLatch hanging = new CountDownLatch(1);

	private final AtomicInteger begun = new AtomicInteger();

	private final CountDownLatch done = new CountDownLatch(5);

	@AfterEach
	void end() {
		this.hanging.countDown();
		this.threads.shutdownNow();
	}

	private void hang() {
		this.begun.incrementAndGet();
		try {
			this.hanging.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.done.countDown();
	}

	@Test
	void whoComesWhenAllHangWaitsAndIsServedWhenOneIsOver() throws Exception {
		for (int i = 0; i < 5; i++) {
			this.threads.execute(this::hang);
		}
		await().until(() -> this.begun.get() == 2);
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.threads.execute(this::hang))
			.withMessage("2 name look-ups hang, and 3 wait for them");
		this.hanging.countDown();
		assertThat(this.done.await(20, TimeUnit.SECONDS)).isTrue();
		CountDownLatch later = new CountDownLatch(1);
		this.threads.execute(later::countDown);
		assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void aThreadIsUsedAgainAndOneThatFailedIsNotLost() throws Exception {
		for (int i = 0; i < 20; i++) {
			CountDownLatch ran = new CountDownLatch(1);
			this.threads.execute(() -> {
				ran.countDown();
				throw new StackOverflowError("a provider of the application");
			});
			assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		}
		List<Thread> used = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			CountDownLatch ran = new CountDownLatch(1);
			this.threads.execute(() -> {
				used.add(Thread.currentThread());
				ran.countDown();
			});
			assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(used).allSatisfy((thread) -> assertThat(thread.isDaemon()).isTrue());
	}

}
