package io.github.h2transport.conn;

import org.junit.jupiter.api.Test;

import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static io.github.h2transport.conn.ScriptedPeer.get;
import static org.assertj.core.api.Assertions.assertThat;

/** Octets that wait to be read count until they are read or can no longer matter. */
class MemoryBudgetTests {

	private final MemoryBudget budget = new MemoryBudget(1000);

	@Test
	void anAccountGivesBackWhatIsLeftWhenItIsClosedAndNothingTwice() {
		MemoryBudget.Account gone = this.budget.account();
		MemoryBudget.Account other = this.budget.account();
		assertThat(gone.add(600)).isTrue();
		assertThat(other.add(300)).isTrue();
		gone.remove(100);
		assertThat(this.budget.buffered()).isEqualTo(800);

		gone.close();
		gone.remove(500);
		gone.close();

		assertThat(this.budget.buffered()).isEqualTo(300);
		other.remove(300);
		assertThat(this.budget.buffered()).isZero();
	}

	@Test
	void theLimitIsThatOfAllAccounts() {
		assertThat(this.budget.account().add(600)).isTrue();
		assertThat(this.budget.account().add(401)).isFalse();
	}

	@Test
	void unreadContentOfAConnectionThatIsGoneDoesNotCount() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		Exchange call = peer.call(get("/a"));
		peer.expect(headers(1).endStream());
		peer.send(headers(1).status(200), data(1, 16_000));
		MemoryBudget shared = peer.resources().budget();
		assertThat(shared.buffered()).isEqualTo(16_000);

		peer.endOfInput().settle();

		assertThat(shared.buffered()).isZero();
		assertThat(call.body().readNBytes(16_000)).hasSize(16_000);
		assertThat(shared.buffered()).isZero();
	}

}
