package io.github.h2transport.conn;

import java.util.Arrays;
import java.util.List;

import io.github.h2transport.conn.SessionPlayer.Outcome;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * TCP has no frames: wherever the octets of a server are cut, callers and the server see
 * the same.
 */
@Timeout(120)
class CutSessionsTests {

	/** Longer sessions are cut at every octet of their beginning and end only. */
	private static final int EVERY_CUT = 800;

	/** Coprime to the size of frames, so that the cuts fall everywhere in them. */
	private static final int STRIDE = 4099;

	static List<Session> sessions() {
		return Sessions.all();
	}

	@ParameterizedTest
	@MethodSource("sessions")
	void aCutAnywhereChangesNothing(Session session) throws Exception {
		Outcome whole = SessionPlayer.play(session);
		int length = session.serverOctets();
		for (int position = 1; position < length; position++) {
			assertSame(SessionPlayer.playCutAt(session, position), whole, "cut at " + position);
			if (position > EVERY_CUT / 2 && position < length - EVERY_CUT / 2) {
				position += STRIDE;
			}
		}
	}

	@ParameterizedTest
	@MethodSource("sessions")
	void octetByOctetChangesNothing(Session session) throws Exception {
		assertSame(SessionPlayer.playOctets(session), SessionPlayer.play(session), "octet by octet");
	}

	private static void assertSame(Outcome cut, Outcome whole, String how) {
		assertThat(cut.calls()).as(how).isEqualTo(whole.calls());
		assertThat(cut.end()).as(how).isEqualTo(whole.end());
		if (!Arrays.equals(cut.sent(), whole.sent())) {
			assertThat(cut.frames()).as(how).isEqualTo(whole.frames());
		}
	}

}
