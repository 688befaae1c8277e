package io.github.h2transport.benchmarks.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.h2transport.benchmarks.client.BenchCall.Answer;
import io.github.h2transport.benchmarks.client.ClientSettings.Reuse;
import org.jspecify.annotations.Nullable;

/**
 * What a client is asked to do. Immutable; {@link #arguments()} and {@link #parse} carry
 * it into the worker.
 *
 * @param name of the rows
 * @param shape what the callers do
 * @param callers how many of them, or calls in flight; connections of {@link Shape#IDLE}
 * @param downloadSize octets of each answer
 * @param uploadSize octets of each request; 0 for GET
 * @param answer how the content is taken
 * @param headerFields fields added to each request
 * @param reuse whether calls share connections
 * @param roundTripMillis of the path between client and server
 * @param eventLoops of clients that let it be chosen; 0 for their default
 * @param curve where this is a point of a curve
 */
public record Workload(String name, Shape shape, int callers, int downloadSize, int uploadSize, Answer answer,
		int headerFields, Reuse reuse, int roundTripMillis, int eventLoops, @Nullable Curve curve) {

	// from here on content is counted, not kept
	private static final int STREAMED_FROM = 512 * 1024;

	private static final int KIB = 1024;

	static Workload blocking(int callers) {
		return of("blocking-" + callers, Shape.BLOCKING, callers);
	}

	static Workload virtual(int callers) {
		return of("virtual-" + callers, Shape.VIRTUAL, callers);
	}

	static Workload async(int inFlight) {
		return of("async-" + inFlight, Shape.ASYNC, inFlight);
	}

	static Workload stalledReader(int callers) {
		return of("stalled-reader-among-" + callers, Shape.STALLED, callers);
	}

	static Workload cold(int callers) {
		return of("cold", Shape.COLD, callers);
	}

	static Workload idle(int connections) {
		return of("idle-" + connections, Shape.IDLE, connections);
	}

	private static Workload of(String name, Shape shape, int callers) {
		return new Workload(name, shape, callers, 100, 0, Answer.BYTES, 0, Reuse.POOLED, 0, 0, null);
	}

	Workload down(int octets) {
		String prefix = switch (this.shape) {
			case COLD -> "cold-";
			case ASYNC -> "async-";
			default -> "";
		};
		return new Workload(prefix + "down-" + sizeName(octets) + "-by-" + this.callers, this.shape, this.callers,
				octets, 0, (octets >= STREAMED_FROM) ? Answer.STREAMED : Answer.BYTES, 0, this.reuse, 0, 0, null);
	}

	Workload up(int octets) {
		return new Workload("up-" + sizeName(octets) + "-by-" + this.callers, this.shape, this.callers, 100, octets,
				Answer.BYTES, 0, this.reuse, 0, 0, null);
	}

	Workload json() {
		return new Workload("json-by-" + this.callers, this.shape, this.callers, 0, 0, Answer.JSON, 0, this.reuse, 0, 0,
				null);
	}

	Workload singleUse() {
		return new Workload("connect-per-request-by-" + this.callers, this.shape, this.callers, this.downloadSize, 0,
				this.answer, 0, Reuse.SINGLE_USE, 0, 0, null);
	}

	Workload roundTrip(int millis) {
		return new Workload(this.name + "-rtt-" + millis + "ms", this.shape, this.callers, this.downloadSize,
				this.uploadSize, this.answer, this.headerFields, this.reuse, millis, 0, null);
	}

	Workload headerFields(int count) {
		return new Workload(this.name + "-fields-" + count, this.shape, this.callers, this.downloadSize, 0, this.answer,
				count, this.reuse, 0, 0, null);
	}

	Workload eventLoops(int count) {
		return new Workload(this.name + "-loops-" + count, this.shape, this.callers, this.downloadSize, 0, this.answer,
				0, this.reuse, 0, count, null);
	}

	Workload onCurve(String curveName, double x) {
		return new Workload(curveName + "-" + this.name, this.shape, this.callers, this.downloadSize, this.uploadSize,
				this.answer, this.headerFields, this.reuse, this.roundTripMillis, this.eventLoops,
				new Curve(curveName, x));
	}

	boolean isAboutOctets() {
		return Math.max(this.downloadSize, this.uploadSize) >= STREAMED_FROM;
	}

	String path() {
		return (this.answer == Answer.JSON) ? "/item.json" : path(this.downloadSize);
	}

	static String path(int size) {
		return "/" + size;
	}

	private static String sizeName(int octets) {
		if (octets >= KIB * KIB) {
			return octets / KIB / KIB + "MiB";
		}
		return (octets >= KIB) ? octets / KIB + "KiB" : octets + "B";
	}

	List<String> arguments() {
		List<String> arguments = new ArrayList<>();
		arguments.add("name=" + this.name);
		arguments.add("shape=" + this.shape);
		arguments.add("callers=" + this.callers);
		arguments.add("down=" + this.downloadSize);
		arguments.add("up=" + this.uploadSize);
		arguments.add("answer=" + this.answer);
		arguments.add("fields=" + this.headerFields);
		arguments.add("reuse=" + this.reuse);
		arguments.add("rtt=" + this.roundTripMillis);
		arguments.add("loops=" + this.eventLoops);
		return arguments;
	}

	static Workload parse(Map<String, String> arguments) {
		Map<String, Integer> numbers = new LinkedHashMap<>();
		for (String key : List.of("callers", "down", "up", "fields", "rtt", "loops")) {
			numbers.put(key, Integer.valueOf(arguments.get(key)));
		}
		return new Workload(arguments.get("name"), Shape.valueOf(arguments.get("shape")), numbers.get("callers"),
				numbers.get("down"), numbers.get("up"), Answer.valueOf(arguments.get("answer")), numbers.get("fields"),
				Reuse.valueOf(arguments.get("reuse")), numbers.get("rtt"), numbers.get("loops"), null);
	}

	/** What the callers do. */
	public enum Shape {

		/** Each caller is a platform thread that makes one call after the other. */
		BLOCKING,

		/** The same with virtual threads, from Java 21 on. */
		VIRTUAL,

		/** Each answer starts the next call. */
		ASYNC,

		/** Each caller makes one call, the first of its JVM, all at once. */
		COLD,

		/** Blocking callers, but the first one never reads its large answer. */
		STALLED,

		/** One call to each of many servers, whose connections then stay open. */
		IDLE

	}

	/**
	 * A point of a curve.
	 *
	 * @param name of the curve
	 * @param x what grows
	 */
	public record Curve(String name, double x) {
	}

}
