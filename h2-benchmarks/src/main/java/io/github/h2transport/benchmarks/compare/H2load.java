package io.github.h2transport.benchmarks.compare;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.h2transport.benchmarks.client.ClientSettings.Reuse;

/**
 * nghttp2's load generator with as many streams as the row has callers, on one
 * connection: the limit of what this server on this machine can answer. It takes no
 * content out of its frames and has windows of 1 GiB.
 */
final class H2load {

	private static final Pattern RATE = Pattern.compile("finished in [^,]*, ([0-9.]+) req/s");

	private static final Pattern FAILED = Pattern.compile("(\\d+) failed");

	private static final Pattern MEAN = Pattern.compile("time for request:\\s+\\S+\\s+\\S+\\s+(\\S+)");

	private static final int EXTRA_SECONDS = 20;

	private H2load() {
	}

	static boolean canDo(Workload workload) {
		return workload.reuse() == Reuse.POOLED && switch (workload.shape()) {
			case BLOCKING, ASYNC -> true;
			case VIRTUAL, STALLED, IDLE, COLD -> false;
		};
	}

	static Measurement run(Workload workload, URI server, double warmUpSeconds, double windowSeconds, Path folder)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("h2load", "-t1", "-c1", "-m" + workload.callers(), "-D",
				seconds(windowSeconds), "--warm-up-time", seconds(warmUpSeconds)));
		if (workload.uploadSize() > 0) {
			Path file = folder.resolve("upload-" + workload.uploadSize());
			Files.write(file, new byte[workload.uploadSize()]);
			command.addAll(List.of("-d", file.toString()));
		}
		for (int i = 0; i < workload.headerFields(); i++) {
			command.addAll(List.of("-H", "x-field-" + i + ": value number " + i));
		}
		command.add(server.resolve(workload.path()).toString());
		Path output = Files.createTempFile(folder, "h2load", ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			process.getOutputStream().close();
			if (!process.waitFor((long) (warmUpSeconds + windowSeconds) + EXTRA_SECONDS, TimeUnit.SECONDS)) {
				return Measurement.impossible("did not end in time");
			}
		}
		finally {
			process.destroyForcibly();
		}
		return parse(Files.readString(output, StandardCharsets.UTF_8), workload);
	}

	static Measurement parse(String output, Workload workload) {
		Matcher rate = RATE.matcher(output);
		if (!rate.find()) {
			return Measurement.impossible(output);
		}
		Map<Metric, Double> values = new EnumMap<>(Metric.class);
		double perSecond = Double.parseDouble(rate.group(1));
		values.put(Metric.REQUESTS_PER_SECOND, perSecond);
		if (workload.isAboutOctets()) {
			values.put(Metric.MEBIBYTES_PER_SECOND,
					perSecond * Math.max(workload.downloadSize(), workload.uploadSize()) / 1024 / 1024);
		}
		Matcher failed = FAILED.matcher(output);
		values.put(Metric.ERRORS, failed.find() ? Double.parseDouble(failed.group(1)) : 0);
		Matcher mean = MEAN.matcher(output);
		return new Measurement(values, mean.find() ? "mean " + mean.group(1) : "");
	}

	private static String seconds(double seconds) {
		return String.format(Locale.ROOT, "%dms", Math.round(seconds * 1000));
	}

}
