package io.github.h2transport.protocol;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 9113 section 6.9: what the peer may send, and when it is told of more. */
class Section6_9ReceiveWindowTests {

	private static final int FRAME = 16 * 1024;

	private static final int SIZE = 64 * FRAME;

	@Test
	void creditIsAnnouncedAtHalfTheWindow() {
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		assertThat(window.receive(SIZE)).isTrue();
		assertThat(window.receive(1)).isFalse();
		assertThat(window.consume(SIZE / 2 - 1)).isFalse();
		assertThat(window.consume(1)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(SIZE / 2);
		assertThat(window.available()).isEqualTo(SIZE / 2);
		assertThat(window.outstanding()).isEqualTo(SIZE / 2);
	}

	/** Or the rest of the window, a little less than a half, would never be due. */
	@Test
	void aLittleMoreThanAHalfIsAnnouncedAsAHalf() {
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		window.receive(SIZE);
		window.consume(SIZE / 2 + 10);
		assertThat(window.takeCredit()).isEqualTo(SIZE / 2);
		assertThat(window.consume(SIZE / 2 - 10)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(SIZE / 2);
		assertThat(window.available()).isEqualTo(SIZE);
	}

	@Test
	void muchMoreThanAHalfIsAnnouncedAtOnce() {
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		window.receive(SIZE);
		window.consume(SIZE * 3 / 4);
		assertThat(window.takeCredit()).isEqualTo(SIZE * 3 / 4);
	}

	@Test
	void onlyOneSeesToAnUpdate() {
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		window.receive(SIZE);
		assertThat(window.consume(SIZE / 2)).isTrue();
		assertThat(window.consume(100)).isFalse();
		assertThat(window.takeCredit()).isEqualTo(SIZE / 2);
	}

	@Test
	void aSecondClaimThatFindsLittleLeftMakesNoSmallUpdate() {
		// Between its claim and its turn the first one may have taken everything.
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		window.receive(SIZE);
		window.consume(SIZE / 2);
		window.takeCredit();
		window.consume(10);
		assertThat(window.takeCredit()).isZero();
		assertThat(window.pending()).isEqualTo(10);
		assertThat(window.consume(SIZE / 2 - 10)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(SIZE / 2);
	}

	@Test
	void slowReadersDoNotKeepBackTheCreditOfOthersOnASharedWindow() {
		ReceiveWindow window = ReceiveWindow.ofConnection(SIZE);
		// Nobody reads these.
		window.receive(SIZE * 5 / 8);
		assertThat(window.consume(0)).isFalse();
		// And these are read at once, though they never reach half the window.
		window.receive(SIZE * 2 / 8);
		assertThat(window.consume(SIZE * 2 / 8)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(SIZE * 2 / 8);
		assertThat(window.available()).isEqualTo(SIZE * 3 / 8);
	}

	@Test
	void octetsThatStayMakeOlderCreditDue() {
		ReceiveWindow window = ReceiveWindow.ofConnection(SIZE);
		window.receive(SIZE * 3 / 8);
		assertThat(window.consume(SIZE * 3 / 8)).isFalse();
		// The rest is for a reader that does not read, and the peer would be stuck.
		window.receive(SIZE * 5 / 8);
		assertThat(window.consume(0)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(SIZE * 3 / 8);
	}

	@Test
	void anUpdateIsWorthAFrame() {
		ReceiveWindow window = ReceiveWindow.ofConnection(SIZE);
		window.receive(SIZE);
		assertThat(window.consume(FRAME - 1)).isFalse();
		assertThat(window.consume(1)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(FRAME);
	}

	@Test
	void aWindowGrowsWithItsNextUpdate() {
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		window.receive(SIZE / 2);
		window.consume(SIZE / 2);
		window.resize(2 * SIZE);
		assertThat(window.takeCredit()).isEqualTo(SIZE / 2 + SIZE);
		assertThat(window.available()).isEqualTo(2 * SIZE);
		assertThat(window.pending()).isZero();
	}

	@Test
	void aWindowThatShrinksKeepsItsWordAndThenItsCredit() {
		ReceiveWindow window = ReceiveWindow.ofStream(SIZE);
		window.resize(SIZE / 4);
		assertThat(window.pending()).isEqualTo(-SIZE * 3 / 4);
		assertThat(window.receive(SIZE)).isTrue();
		assertThat(window.consume(SIZE * 3 / 4)).isFalse();
		assertThat(window.takeCredit()).isZero();
		assertThat(window.consume(SIZE / 8)).isTrue();
		assertThat(window.takeCredit()).isEqualTo(SIZE / 8);
		window.consume(SIZE / 8);
		window.takeCredit();
		assertThat(window.available()).isEqualTo(SIZE / 4);
	}

}
