package io.github.h2transport.benchmarks.compare;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

import io.github.h2transport.benchmarks.client.ClientKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTests {

	private final Results results = new Results();

	@TempDir
	Path folder;

	@Test
	void aTableHasMediansWithTheirRangesAndRatiosToTheLimitAndToTheBestPeer() {
		for (double rate : new double[] { 100, 300, 200 }) {
			add(Workload.blocking(8), ClientKind.H2_CORE, rate);
		}
		add(Workload.blocking(8), ClientKind.JETTY, 50);
		add(Workload.blocking(8), ClientKind.APACHE, 100);
		add(Workload.blocking(8), ClientKind.APACHE_HTTP1_REST_CLIENT, 150);
		add(Workload.blocking(8), null, 400);
		assertThat(new Report(this.folder, this.results).table(rows())).isEqualTo("""
				| client | req/s | of h2load | of best peer | notes |
				|---|---:|---:|---:|---|
				| h2load | 400 | 1.00 | 4.00 |  |
				| **h2-core** | 200 (100–300) | 0.50 | 2.00 |  |
				| apache-http1-rest-client | 150 | 0.38 | 1.50 |  |
				| apache | 100 | 0.25 | 1.00 |  |
				| jetty | 50 | 0.13 | 0.50 |  |
				""");
	}

	@Test
	void aClientThatCannotDoItIsARowWithItsReason() {
		this.results.add(new Row(Workload.blocking(8), Target.NGHTTPD_H2C, ClientKind.JDK),
				Measurement.impossible("no prior | knowledge"));
		String table = new Report(this.folder, this.results).table(rows());
		assertThat(table).endsWith("| jdk | | | no prior \\| knowledge |\n");
		assertThat(new Report(this.folder, this.results).csv()).contains("blocking-8,nghttpd-h2c,jdk,1,,")
			.endsWith(",\"no prior | knowledge\"\n");
	}

	@Test
	void writesPagesAndPlotsThatAreWellFormed() throws Exception {
		add(Workload.blocking(8), ClientKind.H2_CORE, 100);
		add(Workload.blocking(8), ClientKind.JETTY, 0);
		add(Workload.blocking(1).onCurve("callers", 1), ClientKind.H2_CORE, 10);
		add(Workload.blocking(9).onCurve("callers", 9), ClientKind.H2_CORE, 90);
		new Report(this.folder, this.results).write("# A title\n");
		String page = Files.readString(this.folder.resolve("results.md"));
		assertThat(page).startsWith("# A title\n").contains("## blocking-8 at nghttpd-h2c", "## Cost against callers");
		for (String plot : List.of("blocking-8-nghttpd-h2c-requests_per_second.svg",
				"curve-callers-requests_per_second.svg")) {
			assertThat(page).contains("(" + plot + ")");
			String svg = Files.readString(this.folder.resolve(plot));
			assertThat(svg).contains("h2-core").doesNotContain("NaN", "Infinity");
			DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
		}
	}

	private void add(Workload workload, @Nullable ClientKind client, double rate) {
		this.results.add(new Row(workload, Target.NGHTTPD_H2C, client),
				new Measurement(Map.of(Metric.REQUESTS_PER_SECOND, rate), ""));
	}

	private List<Row> rows() {
		return List.copyOf(this.results.all().keySet());
	}

}
