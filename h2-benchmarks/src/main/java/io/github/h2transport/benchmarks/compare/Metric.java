package io.github.h2transport.benchmarks.compare;

import java.util.Locale;

/** What is measured of a row, with its unit and how it is printed. */
public enum Metric {

	REQUESTS_PER_SECOND("req/s", 0),

	MEBIBYTES_PER_SECOND("MiB/s", 0),

	CPU_MICROS("CPU us/req", 1),

	ALLOCATED("alloc B/req", 0),

	P50_MICROS("p50 us", 0),

	P99_MICROS("p99 us", 0),

	P999_MICROS("p99.9 us", 0),

	/** Calls that failed while the clock ran. */
	ERRORS("errors", 0),

	/** Callers whose last call had not ended long after the clock stopped. */
	STUCK("stuck", 0),

	/** TCP connections when the clock stopped, as the kernel counts them. */
	CONNECTIONS("conns", 0),

	HEAP_PER_CONNECTION("heap B/conn", 0),

	DIRECT_PER_CONNECTION("direct B/conn", 0),

	/** The whole process, so heap that was not touched before counts, too. */
	RESIDENT_PER_CONNECTION("resident B/conn", 0);

	private final String label;

	private final int digits;

	Metric(String label, int digits) {
		this.label = label;
		this.digits = digits;
	}

	public String label() {
		return this.label;
	}

	public String key() {
		return name().toLowerCase(Locale.ROOT);
	}

	public String format(double value) {
		return String.format(Locale.ROOT, "%,." + this.digits + "f", value);
	}

}
