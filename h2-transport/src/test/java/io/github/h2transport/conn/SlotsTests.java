package io.github.h2transport.conn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class SlotsTests {

	private final Slots slots = new Slots();

	@Test
	void thereAreNoneBeforeTheConnectionIsOpen() {
		assertThat(this.slots.tryReserve()).isFalse();
		this.slots.accept();
		assertThat(this.slots.tryReserve()).isTrue();
	}

	@Test
	void aHundredAreAssumedBeforeTheServerHasSpoken() {
		this.slots.accept();
		for (int i = 0; i < 100; i++) {
			assertThat(this.slots.tryReserve()).isTrue();
		}
		assertThat(this.slots.hasFree()).isFalse();
		assertThat(this.slots.tryReserve()).isFalse();
	}

	/** Decided where the slot is taken: two who look first would both find it free. */
	@Test
	void whoAssumesALowerLimitTakesNoSlotBeyondIt() {
		this.slots.accept();
		assertThat(this.slots.tryReserve(2)).isTrue();
		assertThat(this.slots.tryReserve(2)).isTrue();
		assertThat(this.slots.tryReserve(2)).isFalse();
		assertThat(this.slots.tryReserve()).isTrue();
		this.slots.limit(3);
		assertThat(this.slots.tryReserve(10)).isFalse();
	}

	@Test
	void aLimitBelowWhatIsInUseLetsThoseFinish() {
		this.slots.accept();
		this.slots.tryReserve();
		this.slots.tryReserve();
		this.slots.limit(1);
		assertThat(this.slots.release()).isFalse();
		assertThat(this.slots.tryReserve()).isFalse();
		assertThat(this.slots.release()).isTrue();
		assertThat(this.slots.tryReserve()).isTrue();
	}

	@Test
	void slotsCloseOnlyWhenNoneIsInUseAndThenForEver() {
		this.slots.accept();
		this.slots.tryReserve();
		assertThat(this.slots.closeIfUnused()).isFalse();
		this.slots.release();
		assertThat(this.slots.closeIfUnused()).isTrue();
		assertThat(this.slots.closeIfUnused()).isTrue();
		assertThat(this.slots.tryReserve()).isFalse();
		assertThat(this.slots.hasFree()).isFalse();
		assertThat(this.slots.used()).isZero();
	}

	@Test
	void neverMoreThanTheLimitAreOutAtOnce() throws Exception {
		this.slots.accept();
		this.slots.limit(3);
		AtomicInteger out = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Caller<Boolean>> callers = new ArrayList<>();
		for (int t = 0; t < 6; t++) {
			callers.add(Caller.of(() -> {
				for (int i = 0; i < 20_000; i++) {
					if (this.slots.tryReserve()) {
						most.accumulateAndGet(out.incrementAndGet(), Math::max);
						out.decrementAndGet();
						this.slots.release();
					}
				}
				return true;
			}));
		}
		for (Caller<Boolean> caller : callers) {
			caller.result();
		}
		assertThat(most.get()).isBetween(1, 3);
		assertThat(this.slots.used()).isZero();
	}

	@Test
	void aReservationAndTheCloseNeverBothSucceed() throws Exception {
		for (int round = 0; round < 2_000; round++) {
			Slots contested = new Slots();
			contested.accept();
			Caller<Boolean> reserver = Caller.of(contested::tryReserve);
			boolean closed = contested.closeIfUnused();
			assertThat(reserver.result()).isNotEqualTo(closed);
		}
	}

}
