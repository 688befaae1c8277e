package io.github.h2transport.conn;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.h2transport.protocol.SendHalf;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Many threads add, one takes: in order for each thread, and nothing twice. */
@Timeout(60)
class OpQueueTests {

	private final OpQueue queue = new OpQueue();

	@Test
	void opsAreTakenInTheirOrder() {
		for (int round = 0; round < 3; round++) {
			Numbered first = push(0, 1);
			Numbered second = push(0, 2);
			assertThat(this.queue.poll()).isSameAs(first);
			Numbered third = push(0, 3);
			assertThat(this.queue.poll()).isSameAs(second);
			assertThat(this.queue.poll()).isSameAs(third);
			assertThat(this.queue.poll()).isNull();
			assertThat(this.queue.poll()).isNull();
		}
	}

	@Test
	void anOpThatWasTakenIsNotHeldByAnEmptyQueue() {
		WeakReference<Op> op = new WeakReference<>(push(0, 1));
		assertThat(this.queue.poll()).isNotNull();
		assertThat(this.queue.poll()).isNull();

		Awaitility.await().until(() -> {
			System.gc();
			return op.get() == null;
		});
	}

	@Test
	void everyOpOfManyThreadsIsTakenOnceAndInOrder() throws Exception {
		int threads = 4;
		int each = 200_000;
		CountDownLatch begin = new CountDownLatch(1);
		List<Thread> producers = new ArrayList<>();
		for (int producer = 0; producer < threads; producer++) {
			int name = producer;
			Thread thread = new Thread(() -> {
				try {
					begin.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				for (int number = 0; number < each; number++) {
					push(name, number);
				}
			});
			thread.start();
			producers.add(thread);
		}
		begin.countDown();
		int[] taken = new int[threads];
		int left = threads * each;
		while (left > 0) {
			Numbered op = (Numbered) this.queue.poll();
			if (op != null) {
				assertThat(op.number).isEqualTo(taken[op.producer]++);
				left--;
			}
		}
		assertThat(this.queue.poll()).isNull();
		for (Thread thread : producers) {
			thread.join();
		}
	}

	private Numbered push(int producer, int number) {
		Numbered op = new Numbered(producer, number);
		this.queue.push(op);
		return op;
	}

	/** Knows who pushed it, and as which. */
	private static final class Numbered extends Op {

		private final int producer;

		private final int number;

		Numbered(int producer, int number) {
			this.producer = producer;
			this.number = number;
		}

		@Override
		void run(SendHalf half) {
		}

	}

}
