package io.github.h2transport.protocol;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose content goes next: single rules, and a simulation of servers that execute a few
 * of the streams that they take.
 */
@Timeout(120)
class UploadOrderTests {

	private static final int FRAME = 16_384;

	private final UploadSimulation.Client client = new UploadSimulation.Client();

	private List<Integer> turns(long credit) {
		this.client.connection.grant((int) credit, UploadSimulation.INITIAL);
		return turns();
	}

	private List<Integer> turns() {
		List<Integer> turns = new ArrayList<>();
		this.client.pump((upload, octets) -> turns.add(upload.id()));
		return turns;
	}

	private void credit(int... ids) {
		for (int id : ids) {
			this.client.upload(id).sendWindow().grant(1 << 20, UploadSimulation.INITIAL);
		}
	}

	@Test
	void theOldestHasTheWindowThatNobodyElseWasGiven() {
		this.client.open(1 << 20);
		this.client.open(1 << 20);
		assertThat(turns()).containsOnly(1);
		assertThat(this.client.window()).isZero();
	}

	@Test
	void uploadsThatAreReadTakeTurns() {
		this.client.open(1 << 20);
		this.client.open(1 << 20);
		this.client.open(1 << 20);
		turns();
		credit(1, 3, 5);
		assertThat(turns(6 * FRAME)).hasSize(6).startsWith(1, 3, 5).endsWith(1, 3, 5);
	}

	@Test
	void whatWasNeverCreditedWaitsForAnOlderOneThatIs() {
		this.client.open(1 << 20);
		this.client.open(1 << 20);
		turns();
		credit(1);
		for (int i = 0; i < 20; i++) {
			assertThat(turns(FRAME)).containsExactly(1);
		}
	}

	@Test
	void aStalledOneIsPassedOverAndTakesNothingFromTheOthers() {
		this.client.open(1 << 20);
		this.client.open(1 << 20);
		turns();
		// The oldest has no window of its own, and the connection has a quarter.
		assertThat(turns(FRAME)).containsExactly(3);
		assertThat(turns(FRAME)).as("a quarter is unread").isEmpty();
		credit(3);
		assertThat(turns()).containsExactly(3);
		assertThat(turns(2 * FRAME)).containsExactly(3, 3);
	}

	@Test
	void aSmallOneGoesBeforeTheNextFrameOfALargeOne() {
		this.client.open(1 << 20);
		turns();
		credit(1);
		this.client.open(5);
		this.client.open(6);
		assertThat(turns(2 * FRAME)).startsWith(3, 1, 5, 1);
	}

	@Test
	void smallOnesThatNobodyReadsHaveAQuarterOfTheWindow() {
		this.client.open(1 << 20);
		turns();
		credit(1);
		for (int i = 0; i < 40; i++) {
			this.client.open(1000);
		}
		for (int i = 0; i < 20; i++) {
			turns(FRAME);
		}
		assertThat(this.client.sentBehind(1)).isEqualTo(16_000);
		this.client.upload(3).close();
		assertThat(turns(FRAME)).contains(35).doesNotContain(37);
	}

	/** Nothing else happens that anybody would have a look for. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whoBecomesTheOldestMovesAtOnce(boolean endsWithoutContent) {
		UploadSimulation.Upload oldest = this.client.open(endsWithoutContent ? 0 : 100);
		UploadSimulation.Upload second = this.client.open(20_000);
		// They are open, and have nothing to send yet.
		oldest.giveNothing();
		second.giveNothing();
		turns();
		this.client.open(20_000);
		assertThat(turns()).as("a quarter of the window").containsExactly(5);
		second.giveAll();
		this.client.ready(second);
		assertThat(turns()).isEmpty();

		oldest.giveAll();
		this.client.ready(oldest);

		assertThat(turns()).endsWith(3, 3, 5);
	}

	@Test
	void wideWindowsAreForAll() {
		this.client.connection.grant(1 << 30, UploadSimulation.INITIAL);
		for (int i = 0; i < 20; i++) {
			this.client.open(1 << 20);
		}
		turns();
		for (int id = 1; id < 40; id += 2) {
			assertThat(this.client.upload(id).sendWindow().sent()).isEqualTo(UploadSimulation.INITIAL);
		}
	}

	@Test
	void anUploadThatIsGivenUpIsNoLongerTheOldest() {
		this.client.open(1 << 20);
		this.client.open(1 << 20);
		turns();
		this.client.upload(1).close();
		assertThat(turns(UploadSimulation.INITIAL)).hasSizeGreaterThan(3).containsOnly(3);
	}

	/**
	 * Servers of any number of workers, of any size of windows, that credit as they like.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 16, 20, 1000 })
	void everyUploadFinishesAtAServerThatReadsWhatItExecutes(int workers) {
		for (long seed = 0; seed < 400; seed++) {
			new UploadSimulation(workers, seed).run();
		}
	}

}
