package io.github.h2transport.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.h2transport.ErrorCode;
import io.github.h2transport.protocol.StreamState.Input;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** RFC 9113 section 5.1, figure 2, for a client without push. */
class Section5_1StreamStatesTests {

	/** Rows: state. Columns: inputs in their order. A dash: no transition. */
	private static final String TABLE = """
			.                   s:HEADERS           s:END_STREAM       s:RST   r:HEADERS          r:DATA             r:END_STREAM        r:RST
			IDLE                OPEN                -                  -       -                  -                  -                   -
			OPEN                OPEN                HALF_CLOSED_LOCAL  CLOSED  OPEN               OPEN               HALF_CLOSED_REMOTE  CLOSED
			HALF_CLOSED_LOCAL   -                   -                  CLOSED  HALF_CLOSED_LOCAL  HALF_CLOSED_LOCAL  CLOSED              CLOSED
			HALF_CLOSED_REMOTE  HALF_CLOSED_REMOTE  CLOSED             CLOSED  -                  -                  -                   CLOSED
			CLOSED              -                   -                  -       -                  -                  -                   CLOSED
			""";

	@Test
	void everyStateAndInputIsAsInTheTable() {
		String[] rows = TABLE.lines().skip(1).toArray(String[]::new);
		assertThat(rows).hasSize(StreamState.values().length);
		for (StreamState state : StreamState.values()) {
			String[] cells = rows[state.ordinal()].trim().split(" +");
			assertThat(cells[0]).isEqualTo(state.name());
			assertThat(cells).hasSize(1 + Input.values().length);
			for (Input input : Input.values()) {
				assertThat(nameOf(state.next(input))).as("%s on %s", state, input)
					.isEqualTo(cells[1 + input.ordinal()]);
			}
		}
	}

	private static String nameOf(@Nullable StreamState state) {
		return (state != null) ? state.name() : "-";
	}

	@Test
	void requestAndResponseCloseTheStreamInBothOrders() {
		assertThat(after(Input.SEND_HEADERS, Input.SEND_END_STREAM, Input.RECEIVE_HEADERS, Input.RECEIVE_DATA,
				Input.RECEIVE_END_STREAM))
			.isEqualTo(StreamState.CLOSED);
		assertThat(after(Input.SEND_HEADERS, Input.RECEIVE_HEADERS, Input.RECEIVE_END_STREAM, Input.SEND_HEADERS,
				Input.SEND_END_STREAM))
			.isEqualTo(StreamState.CLOSED);
	}

	private static @Nullable StreamState after(Input... inputs) {
		StreamState state = StreamState.IDLE;
		for (Input input : inputs) {
			state = (state != null) ? state.next(input) : null;
		}
		return state;
	}

	@Test
	void framesOnAnIdleStreamAreProtocolErrors() {
		assertThat(StreamState.IDLE.violation(Input.RECEIVE_HEADERS)).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		assertThat(StreamState.IDLE.violation(Input.RECEIVE_DATA)).isEqualTo(ErrorCode.PROTOCOL_ERROR);
		assertThat(StreamState.IDLE.violation(Input.RECEIVE_RST_STREAM)).isEqualTo(ErrorCode.PROTOCOL_ERROR);
	}

	@Test
	void framesAfterEndStreamAreOfTypeStreamClosed() {
		assertThat(StreamState.HALF_CLOSED_REMOTE.violation(Input.RECEIVE_DATA)).isEqualTo(ErrorCode.STREAM_CLOSED);
		assertThat(StreamState.HALF_CLOSED_REMOTE.violation(Input.RECEIVE_HEADERS)).isEqualTo(ErrorCode.STREAM_CLOSED);
		assertThat(StreamState.CLOSED.violation(Input.RECEIVE_DATA)).isEqualTo(ErrorCode.STREAM_CLOSED);
	}

	@Test
	void legalInputsAndOurOwnAreNoViolations() {
		assertThatIllegalArgumentException().isThrownBy(() -> StreamState.OPEN.violation(Input.RECEIVE_DATA));
		assertThatIllegalArgumentException().isThrownBy(() -> StreamState.CLOSED.violation(Input.RECEIVE_RST_STREAM));
		assertThatIllegalArgumentException().isThrownBy(() -> StreamState.CLOSED.violation(Input.SEND_HEADERS));
	}

	@Test
	void theDiagramShowsEveryTransition() {
		assertThat(diagram()).isEqualTo("""
				stateDiagram-v2
				    [*] --> IDLE
				    IDLE --> OPEN: send HEADERS
				    OPEN --> OPEN: send HEADERS, receive HEADERS, receive DATA
				    OPEN --> HALF_CLOSED_LOCAL: send END_STREAM
				    OPEN --> CLOSED: send RST_STREAM, receive RST_STREAM
				    OPEN --> HALF_CLOSED_REMOTE: receive END_STREAM
				    HALF_CLOSED_LOCAL --> CLOSED: send RST_STREAM, receive END_STREAM, receive RST_STREAM
				    HALF_CLOSED_LOCAL --> HALF_CLOSED_LOCAL: receive HEADERS, receive DATA
				    HALF_CLOSED_REMOTE --> HALF_CLOSED_REMOTE: send HEADERS
				    HALF_CLOSED_REMOTE --> CLOSED: send END_STREAM, send RST_STREAM, receive RST_STREAM
				    CLOSED --> CLOSED: receive RST_STREAM
				""");
	}

	/**
	 * The table as a mermaid diagram, to be compared with the one in the documentation.
	 */
	static String diagram() {
		StringBuilder out = new StringBuilder("stateDiagram-v2\n    [*] --> IDLE\n");
		for (StreamState state : StreamState.values()) {
			Map<StreamState, String> arrows = new LinkedHashMap<>();
			for (Input input : Input.values()) {
				StreamState next = state.next(input);
				if (next != null) {
					String words = input.name().replace("RECEIVE_", "receive ").replace("SEND_", "send ");
					arrows.merge(next, words, (left, right) -> left + ", " + right);
				}
			}
			arrows.forEach((next, words) -> out.append("    %s --> %s: %s%n".formatted(state, next, words)));
		}
		return out.toString().replace(System.lineSeparator(), "\n");
	}

}
