package io.github.h2transport.benchmarks.compare;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.h2transport.benchmarks.client.ClientKind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PlanTests {

	private static final double SECONDS_OF_A_JVM = 1;

	@Test
	void theShortFormTakesFiveMinutes() {
		Plan plan = Plan.brief();
		double row = plan.warmUpSeconds() + plan.windowSeconds() + SECONDS_OF_A_JVM;
		assertThat(plan.rows().size() * plan.repetitions() * row).isLessThan(300);
		assertThat(plan.budgetSeconds()).isLessThan(300);
	}

	@Test
	void everyClientHasARowInTheFullForm() {
		assertThat(Plan.full().rows()).extracting(Row::client).contains(ClientKind.values());
	}

	@Test
	void pairsAreOfThisProjectsClients() {
		assertThat(Plan.pairs().rows()).isNotEmpty().allMatch((row) -> row.client() != null && !row.isPeer());
		assertThat(Plan.pairs().repetitions()).isEqualTo(9);
	}

	@Test
	void pairsNeedTheEarlierState() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> Comparison.main(new String[] { "pairs", "results=target/results" }))
			.withMessageContaining("before=");
	}

	@Test
	void noRowIsThereTwice() {
		for (Plan plan : List.of(Plan.brief(), Plan.full(), Plan.curves())) {
			assertThat(plan.rows()).doesNotHaveDuplicates();
		}
	}

	@Test
	void optionsChooseRowsAndTimes() {
		Plan plan = Comparison.plan("full", Map.of("workloads", "blocking-8", "servers", "nghttpd-tls", "clients",
				"h2-.*|jetty", "repetitions", "7", "window", "0.5"));
		assertThat(plan.rows()).extracting(Row::label)
			.containsExactly("h2-core", "h2-rest-client", "h2-web-client", "jetty");
		assertThat(plan.repetitions()).isEqualTo(7);
		assertThat(plan.windowSeconds()).isEqualTo(0.5);
		assertThat(plan.warmUpSeconds()).isEqualTo(Plan.full().warmUpSeconds());
	}

	@Test
	void aWorkloadReachesTheWorkerAsItIs() {
		for (Row row : Plan.full().rows()) {
			Map<String, String> arguments = row.workload()
				.arguments()
				.stream()
				.map((argument) -> argument.split("="))
				.collect(Collectors.toMap((pair) -> pair[0], (pair) -> pair[1]));
			assertThat(Workload.parse(arguments)).isEqualTo(row.workload());
		}
	}

}
