package io.github.h2transport.spring.boot.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.h2transport.spring.diagnosis.Finding;
import io.github.h2transport.spring.diagnosis.Severity;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What {@code /actuator/h2pool/diagnosis} answers.
 *
 * @param severity the worst of all findings: {@code critical}, {@code warning},
 * {@code info} or {@code ok}
 * @param summary one sentence for all origins
 * @param origins the origins, those that need attention first
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DiagnosisDescriptor(String severity, String summary,
		List<OriginDiagnosis> origins) implements OperationResponseBody {

	static DiagnosisDescriptor of(List<OriginDiagnosis> origins) {
		List<OriginDiagnosis> worstFirst = origins.stream()
			.sorted(Comparator.comparing((each) -> Severity.of(each.severity())))
			.toList();
		long troubled = origins.stream().filter(OriginDiagnosis::needsAttention).count();
		String worst = worstFirst.isEmpty() ? Severity.OK.id() : worstFirst.get(0).severity();
		return new DiagnosisDescriptor(worst, summary(troubled, origins.size()), worstFirst);
	}

	private static String summary(long troubled, int all) {
		if (all == 0) {
			return "No connection, and no request waits for one.";
		}
		if (troubled == 0) {
			return "Nothing holds calls up.";
		}
		return troubled + " of " + all + " origin" + ((all == 1) ? " needs" : "s need") + " attention.";
	}

	/**
	 * The findings of one origin.
	 *
	 * @param origin scheme, host and port
	 * @param sslBundle the SSL bundle of its clients, {@code null} if it has no name
	 * @param severity the worst of the findings
	 * @param findings the most important first, never empty
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record OriginDiagnosis(String origin, @Nullable String sslBundle, String severity,
			List<FindingDescriptor> findings) {

		static OriginDiagnosis of(@Nullable String sslBundle, List<Finding> findings) {
			Finding worst = findings.get(0);
			return new OriginDiagnosis(worst.origin(), sslBundle, worst.severity().id(),
					findings.stream().map(FindingDescriptor::of).toList());
		}

		private boolean needsAttention() {
			return Severity.of(this.severity).compareTo(Severity.WARNING) <= 0;
		}

	}

	/**
	 * One finding.
	 *
	 * @param kind what it is, in kebab case
	 * @param severity how much it matters
	 * @param origin where
	 * @param summary what was found, a sentence
	 * @param since for how long it has been so, {@code null} if unknown
	 * @param evidence the numbers behind it
	 * @param advice what can be done, in full sentences
	 * @param property the property to change, {@code null} if none would help
	 */
	@JsonInclude(JsonInclude.Include.ALWAYS)
	public record FindingDescriptor(String kind, String severity, String origin, String summary,
			@Nullable Duration since, Map<String, Object> evidence, String advice, @Nullable String property) {

		static FindingDescriptor of(Finding finding) {
			Map<String, Object> evidence = new LinkedHashMap<>();
			finding.evidence()
				.forEach((name, value) -> evidence.put(name,
						(value instanceof Duration duration) ? readable(duration) : value));
			return new FindingDescriptor(finding.kind().id(), finding.severity().id(), finding.origin(),
					finding.summary(), (finding.since() != null) ? readable(finding.since()) : null,
					Collections.unmodifiableMap(evidence), finding.advice(), finding.property());
		}

		private static Duration readable(Duration duration) {
			return duration.truncatedTo(ChronoUnit.MILLIS);
		}

	}

}
