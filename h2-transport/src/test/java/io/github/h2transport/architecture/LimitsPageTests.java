package io.github.h2transport.architecture;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.github.h2transport.PoolOptions;
import io.github.h2transport.TransportOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the table of limits in {@code docs/security.md} and the constants in step: each
 * row is written here once more, with the values of the code, and each budget of the
 * flood guard is in a row.
 */
class LimitsPageTests {

	private static final Path PAGE = Path.of("..", "docs", "security.md");

	private static final String ROOT = "io.github.h2transport.";

	private static final String GUARD = "protocol.FloodGuard";

	private static final int CELLS = 3;

	private final TransportOptions options = TransportOptions.builder().build();

	private final PoolOptions pool = this.options;

	/** The budgets that a row has shown. */
	private final Set<String> shown = new TreeSet<>();

	private final Map<String, String> rows = new LinkedHashMap<>();

	@Test
	void eachRowHasTheValuesOfTheCode() throws Exception {
		writeRows();
		assertThat(limitsOnThePage()).containsExactlyInAnyOrderEntriesOf(this.rows);
	}

	@Test
	void eachBudgetOfTheFloodGuardIsInARow() throws Exception {
		writeRows();
		List<String> budgets = Arrays.stream(Class.forName(ROOT + GUARD).getDeclaredFields())
			.filter((field) -> Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
			.filter((field) -> field.getType().isPrimitive())
			.map(Field::getName)
			// Ceilings bound what can be saved up, and are no limit that a peer meets.
			.filter((name) -> !name.endsWith("_CEILING"))
			.toList();
		assertThat(budgets).isNotEmpty();
		assertThat(this.shown).containsExactlyInAnyOrderElementsOf(budgets);
	}

	@Test
	void limitsInTheTableOfThreatsAreThoseOfTheCode() throws Exception {
		assertThat(Files.readString(PAGE)).contains(
				constant("protocol.Excerpt", "MAX_LENGTH") + " characters of a name, "
						+ constant("protocol.ReceiveHalf", "MAX_DEBUG_LENGTH") + " octets of GOAWAY's debug text",
				"by default " + seconds(this.options.progressTimeout()) + " without progress to the response head and "
						+ seconds(this.options.readTimeout()) + " between two octets of the body");
	}

	private void writeRows() throws Exception {
		row("header section or trailers, decoded, %s octets more a field", "%s (`max-header-list-size`), %s fields",
				constant("protocol.HeaderSection", "FIELD_OVERHEAD"), size(this.options.maxHeaderListSize()),
				count(constant("protocol.HeaderSection", "MAX_FIELDS")));
		row("header block as it is sent", "%s times that, or one frame of %s",
				constant("protocol.HeaderBlock", "WORST_EXPANSION"),
				size(constant("frame.Settings", "LEAST_MAX_FRAME_SIZE")));
		row("CONTINUATION frames of a block", "%s, none empty but the last",
				constant("frame.HeaderBlockOrder", "MAX_CONTINUATIONS"));
		assertThat(constant("frame.HeaderBlockOrder", "LEAST_CONTINUATION_LENGTH")).isOne();
		row("HPACK table for responses", "%s (`decoder-table-size`)", size(this.options.decoderTableSize()));
		row("frame", "%s (`max-frame-size`)", size(this.options.maxFrameSize()));
		row("parameters in a SETTINGS frame", "%s", constant("frame.Settings", "MAX_ENTRIES"));
		row("interim responses of a stream", "%s, together not larger than a header section",
				budget("INTERIM_PER_STREAM"));
		row("unread content of a stream", "%s (`initial-window-size`)", size(this.options.initialWindowSize()));
		row("unread content of a connection",
				"%s (`connection-window-size`); while all connections together keep less than 1/%s of the heap, "
						+ "credit is given on receipt",
				size(this.options.connectionWindowSize()), constant("conn.MemoryBudget", "HEAP_SHARE"));
		writeBudgets();
		row("streams at once before SETTINGS, and if none are stated", "%s, and %s",
				constant("conn.Slots", "LIMIT_BEFORE_SETTINGS"), count(constant("conn.Slots", "LIMIT_UNSTATED")));
		row("RST_STREAM that we send", "%s in %s, %s in %s", constant("protocol.ResetBudget", "SHORT_LIMIT"),
				nanos("protocol.ResetBudget", "SHORT_NANOS"), constant("protocol.ResetBudget", "LONG_LIMIT"),
				nanos("protocol.ResetBudget", "LONG_NANOS"));
		row("requests that wait for one origin", "%s (`pool.max-pending`), %s (`pool.acquire-timeout`)",
				count(this.pool.maxPending()), seconds(this.pool.acquireTimeout()));
		row("connections to one origin", "%s (`pool.max-connections`)", this.pool.maxConnections());
		row("set-up of a connection", "%s (`connect-timeout`)", seconds(this.options.connectTimeout()));
		row("answer of a proxy to `CONNECT`", "%s, within the set-up",
				size(constant("conn.ProxyTunnel", "MAX_ANSWER")));
		row("a silent server", "PING after %s, %s for the answer (`ping-interval`, `ping-timeout`)",
				seconds(this.options.pingInterval()), seconds(this.options.pingTimeout()));
		row("a server that takes no octet", "%s (`write-stall-timeout`)", seconds(this.options.writeStallTimeout()));
		row("a server that never closes", "%s or %s after our end", nanos("conn.ConnEnding", "LINGER_NANOS"),
				size(constant("conn.ConnEnding", "LINGER_OCTETS")));
		row("tasks of TLS at once, name look-ups at once", "%s threads, %s threads",
				constant("conn.Dialer", "TASK_THREADS"), constant("conn.Dialer", "LOOK_UP_THREADS"));
	}

	private void writeBudgets() throws Exception {
		row("DATA frames without content in a row, also padded ones", "%s, and %s a second",
				budget("EMPTY_DATA_IN_A_ROW"), budget("EMPTY_DATA_PER_SECOND"));
		assertThat(constant(GUARD, "SENT_OCTETS_PER_PING")).isEqualTo(1024);
		this.shown.add("SENT_OCTETS_PER_PING");
		row("PING", "%s, and %s a second, and one for each KiB that we send", budget("PING_BURST"),
				budget("PINGS_PER_SECOND"));
		row("SETTINGS, with answers that nobody waits for", "%s, and %s a second", budget("SETTINGS_BURST"),
				budget("SETTINGS_PER_SECOND"));
		row("RST_STREAM for streams that are gone", "%s, and %s a second, and one for each stream that we open",
				budget("RST_STREAM_BURST"), budget("RST_STREAMS_PER_SECOND"));
		row("HEADERS and malformed frames for streams that are gone",
				"%s, and %s a second, and %s for each stream that we open", budget("STRAY_BURST"),
				budget("STRAYS_PER_SECOND"), budget("STRAYS_PER_STREAM"));
		row("DATA for streams that are gone", "the credit that they had, and %s, and %s a second",
				size(constant(GUARD, "LATE_OCTETS_BURST")), size(constant(GUARD, "LATE_OCTETS_PER_SECOND")));
		this.shown.addAll(List.of("LATE_OCTETS_BURST", "LATE_OCTETS_PER_SECOND"));
		assertThat(constant(GUARD, "WINDOW_UPDATES_PER_SENT_OCTET")).isEqualTo(2);
		this.shown.add("WINDOW_UPDATES_PER_SENT_OCTET");
		row("WINDOW_UPDATE", "%s, and %s a second, and two for each octet that we send", budget("WINDOW_UPDATE_BURST"),
				budget("WINDOW_UPDATES_PER_SECOND"));
		row("PRIORITY", "%s, and %s a second", budget("PRIORITY_BURST"), budget("PRIORITIES_PER_SECOND"));
		row("GOAWAY", "%s, and %s a second", budget("GOAWAY_BURST"), budget("GOAWAYS_PER_SECOND"));
		assertThat(constant(GUARD, "UNKNOWN_OCTETS_PER_TOKEN")).isEqualTo(1024);
		this.shown.add("UNKNOWN_OCTETS_PER_TOKEN");
		row("frames of unknown types, one more for each KiB", "%s, and %s a second", budget("UNKNOWN_BURST"),
				budget("UNKNOWN_PER_SECOND"));
		row("SETTINGS and PING answers that a server does not read", "%s", budget("QUEUED_ANSWERS"));
	}

	/** The arguments fill the first cell first. */
	private void row(String what, String limit, Object... values) {
		String[] cells = (what + "|" + limit).formatted(values).split("\\|");
		this.rows.put(cells[0], cells[1]);
	}

	private static Map<String, String> limitsOnThePage() throws IOException {
		String page = Files.readString(PAGE);
		String section = page.substring(page.indexOf("## Limits"), page.indexOf("## TLS"));
		Map<String, String> limits = new LinkedHashMap<>();
		section.lines()
			.filter((line) -> line.startsWith("| ") && !line.startsWith("| what |"))
			.map((line) -> line.substring(1).split("\\|"))
			.forEach((cells) -> {
				assertThat(cells).as(cells[0]).hasSize(CELLS).noneMatch(String::isBlank);
				assertThat(limits.put(cells[0].strip(), cells[1].strip())).as(cells[0]).isNull();
			});
		return limits;
	}

	private String budget(String name) throws ReflectiveOperationException {
		this.shown.add(name);
		return count(constant(GUARD, name));
	}

	private static long constant(String type, String name) throws ReflectiveOperationException {
		Field field = Class.forName(ROOT + type).getDeclaredField(name);
		field.setAccessible(true);
		return ((Number) field.get(null)).longValue();
	}

	private static String nanos(String type, String name) throws ReflectiveOperationException {
		return seconds(Duration.ofNanos(constant(type, name)));
	}

	private static String seconds(Duration duration) {
		assertThat(duration.toNanosPart()).isZero();
		return duration.toSeconds() + " s";
	}

	private static String count(long value) {
		return String.format(Locale.ROOT, "%,d", value);
	}

	private static String size(long octets) {
		assertThat(octets % 1024).isZero();
		return (octets % (1024 * 1024) == 0) ? octets / (1024 * 1024) + " MiB" : octets / 1024 + " KiB";
	}

}
