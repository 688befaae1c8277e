package io.github.h2transport.benchmarks.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.h2transport.testkit.RealServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** One row of a comparison from its servers to its report. */
class ComparisonRealServerTests {

	@Test
	void measuresAClientInAJvmOfItsOwnAndWritesWhatItFound(@TempDir Path folder) throws Exception {
		skipWhereAServerIsMissing();
		Comparison.main(new String[] { "short", "workloads=blocking-64", "servers=nghttpd-h2c", "clients=h2-core",
				"repetitions=1", "warm-up=0.5", "window=1", "results=" + folder });
		Path results;
		try (Stream<Path> folders = Files.list(folder)) {
			results = folders.findFirst().orElseThrow();
		}
		List<String> lines = Files.readAllLines(results.resolve("results.csv"));
		assertThat(lines).hasSize(2);
		assertThat(lines.get(1)).startsWith("blocking-64,nghttpd-h2c,h2-core,1,").endsWith(",\"\"");
		double rate = Double.parseDouble(lines.get(1).split(",")[4]);
		assertThat(rate).isPositive();
		assertThat(results.resolve("results.md")).content().contains("| **h2-core** |");
	}

	private static void skipWhereAServerIsMissing() {
		RealServer.nghttpd().start().close();
		RealServer.nginx().start().close();
	}

}
