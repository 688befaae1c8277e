package io.github.h2transport.benchmarks.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.github.h2transport.benchmarks.client.ClientKind;
import io.github.h2transport.benchmarks.client.ClientKind.Trait;

/**
 * What a run measures, in which order and for how long. Immutable.
 *
 * @param rows of one repetition
 * @param repetitions how often all rows are run, one after the other
 * @param warmUpSeconds of each row
 * @param windowSeconds of each row, while the clock runs
 * @param budgetSeconds after which no row begins that would not end in time
 */
record Plan(List<Row> rows, int repetitions, double warmUpSeconds, double windowSeconds, double budgetSeconds) {

	private static final int KIB = 1024;

	private static final int MIB = 1024 * KIB;

	private static final Predicate<ClientKind> ALL = (client) -> true;

	private static final Predicate<ClientKind> SHORT = (client) -> client.is(Trait.SHORT);

	private static final Predicate<ClientKind> OURS_AND_REST = (client) -> SHORT.test(client)
			&& (client.is(Trait.OURS) || client.name().contains("REST") || client.is(Trait.ONLY_TLS));

	private static final Predicate<ClientKind> CURVES = (client) -> switch (client) {
		case H2_CORE, H2_REST_CLIENT, REACTOR_NETTY, JETTY -> true;
		default -> false;
	};

	/** Others check the host beside the engine, and one certificate has no 10,000. */
	private static final Predicate<ClientKind> ENGINE_CHECKS_HOST = (client) -> switch (client) {
		case H2_CORE, H2_REST_CLIENT, H2_WEB_CLIENT, JDK, REACTOR_NETTY, JETTY -> true;
		default -> false;
	};

	/**
	 * Returns what shows the most in five minutes.
	 * @return a plan
	 */
	static Plan brief() {
		Rows rows = new Rows();
		rows.add(Workload.blocking(64), SHORT, Target.NGHTTPD_H2C);
		rows.add(Workload.async(100), SHORT, Target.NGHTTPD_H2C);
		rows.add(Workload.blocking(64), OURS_AND_REST, Target.NGHTTPD_TLS, Target.NGINX_H2C);
		return new Plan(rows.list, 2, 1.5, 1, 270);
	}

	/**
	 * Returns all workloads with all clients.
	 * @return a plan of some hours
	 */
	static Plan full() {
		Target[] nghttpd = { Target.NGHTTPD_H2C, Target.NGHTTPD_TLS };
		Rows rows = new Rows();
		for (int callers : new int[] { 1, 8, 64, 256 }) {
			rows.add(Workload.blocking(callers), ALL, nghttpd);
		}
		rows.add(Workload.async(100), ALL, nghttpd);
		rows.add(Workload.blocking(64), ALL, Target.NGINX_H2C, Target.NGINX_TLS);
		rows.add(Workload.async(100), ALL, Target.NGINX_H2C, Target.NGINX_TLS);
		if (Runtime.version().feature() >= 21) {
			rows.add(Workload.virtual(64), ALL, nghttpd);
			rows.add(Workload.virtual(256), ALL, Target.NGHTTPD_H2C);
		}
		rows.add(Workload.blocking(64).json(), ALL, Target.NGHTTPD_H2C);
		rows.add(Workload.blocking(64).down(10 * KIB), ALL, nghttpd);
		rows.add(Workload.blocking(4).down(MIB), ALL, nghttpd);
		rows.add(Workload.async(4).down(MIB), ALL, nghttpd);
		rows.add(Workload.blocking(1).down(100 * MIB), ALL, nghttpd);
		rows.add(Workload.cold(16).down(MIB), ALL, Target.NGHTTPD_TLS);
		rows.add(Workload.blocking(4).up(MIB), ALL.and((client) -> !client.is(Trait.HTTP_1)), nghttpd);
		rows.add(Workload.blocking(8).singleUse(), ALL, nghttpd);
		for (int millis : new int[] { 20, 50, 200 }) {
			rows.add(Workload.blocking(64).roundTrip(millis), ALL, Target.NGHTTPD_H2C);
		}
		rows.add(Workload.blocking(4).down(MIB).roundTrip(50), ALL, Target.NGHTTPD_H2C);
		rows.add(Workload.stalledReader(100), ALL, Target.NGHTTPD_H2C);
		rows.add(Workload.idle(10_000), ALL.and((client) -> !client.is(Trait.HTTP_1)), Target.NGHTTPD_ANY);
		rows.add(Workload.idle(10_000), ENGINE_CHECKS_HOST, Target.NGHTTPD_ANY_TLS);
		return new Plan(rows.list, 3, 8, 4, Double.MAX_VALUE);
	}

	/**
	 * Returns what tells an earlier state of this project's code from the present one.
	 * @return a plan of some hours
	 */
	static Plan pairs() {
		Plan full = full();
		List<Row> ours = full.rows.stream()
			.filter((row) -> row.client() != null && row.client().is(Trait.OURS))
			.filter((row) -> row.workload().shape() != Workload.Shape.IDLE)
			.toList();
		return new Plan(ours, 9, 3, 2, Double.MAX_VALUE);
	}

	/**
	 * Returns what grows with what.
	 * @return a plan of about an hour
	 */
	static Plan curves() {
		Rows rows = new Rows();
		for (int callers : new int[] { 1, 3, 10, 30, 100, 300, 1000 }) {
			rows.add(Workload.blocking(callers).onCurve("callers", callers), CURVES, Target.NGHTTPD_WIDE);
			rows.add(Workload.async(callers).onCurve("streams", callers), CURVES, Target.NGHTTPD_WIDE);
		}
		for (int fields : new int[] { 0, 5, 10, 20, 40, 80 }) {
			rows.add(Workload.async(100).headerFields(fields).onCurve("header-fields", fields), CURVES,
					Target.NGHTTPD_H2C);
		}
		for (int size : new int[] { 100, KIB, 10 * KIB, 100 * KIB, MIB }) {
			rows.add(Workload.blocking(8).down(size).onCurve("body-size", size), CURVES, Target.NGHTTPD_H2C);
		}
		for (int connections : new int[] { 10, 100, 1000, 3000, 10_000 }) {
			rows.add(Workload.idle(connections).onCurve("idle-connections", connections), CURVES, Target.NGHTTPD_ANY);
		}
		for (int loops : new int[] { 1, 2, 4, 8 }) {
			rows.add(Workload.blocking(64).eventLoops(loops).onCurve("event-loops", loops),
					(client) -> client == ClientKind.H2_CORE, Target.NGHTTPD_H2C);
		}
		return new Plan(rows.list, 3, 4, 3, Double.MAX_VALUE);
	}

	Plan keeping(Pattern workloads, Pattern targets, Pattern clients) {
		List<Row> kept = this.rows.stream()
			.filter((row) -> workloads.matcher(row.workload().name()).matches()
					&& targets.matcher(row.target().label()).matches() && clients.matcher(row.label()).matches())
			.toList();
		return new Plan(kept, this.repetitions, this.warmUpSeconds, this.windowSeconds, this.budgetSeconds);
	}

	TreeSet<Integer> sizes() {
		TreeSet<Integer> sizes = new TreeSet<>();
		for (Row row : this.rows) {
			sizes.add(row.workload().downloadSize());
			if (row.workload().shape() == Workload.Shape.STALLED) {
				sizes.add(Worker.STALLED_SIZE);
			}
		}
		return sizes;
	}

	/** Collects rows: for each workload and server the limit first, then the clients. */
	private static final class Rows {

		private final List<Row> list = new ArrayList<>();

		void add(Workload workload, Predicate<ClientKind> clients, Target... targets) {
			for (Target target : targets) {
				if (H2load.canDo(workload)) {
					this.list.add(new Row(workload, target, null));
				}
				for (ClientKind client : ClientKind.values()) {
					boolean can = (target.isTls() || !client.is(Trait.ONLY_TLS))
							&& (workload.shape() != Workload.Shape.ASYNC || client.is(Trait.ASYNC));
					if (can && clients.test(client)) {
						this.list.add(new Row(workload, target, client));
					}
				}
			}
		}

	}

}
