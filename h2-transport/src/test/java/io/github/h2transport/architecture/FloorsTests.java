package io.github.h2transport.architecture;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.TimeUnit;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.h2transport.conn.ClientConn;
import io.github.h2transport.conn.ConnObserver;
import io.github.h2transport.conn.ConnectionSnapshot;
import io.github.h2transport.conn.ConnectionState;
import io.github.h2transport.conn.Dialer;
import io.github.h2transport.conn.StreamSnapshot;
import io.github.h2transport.conn.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The floors as {@code docs/architecture.md} draws them: arrows only point down.
 */
class FloorsTests {

	private static final String BASE = "io.github.h2transport";

	private static final String[] CODECS_AND_PROTOCOL = { BASE + ".frame..", BASE + ".hpack..", BASE + ".protocol.." };

	// A URI is a word; everything else in java.net connects, listens or looks up names.
	private static final DescribedPredicate<JavaClass> NETWORK = resideInAnyPackage("java.net..", "java.nio.channels..",
			"javax.net..")
		.and(not(belongToAnyOf(URI.class, URISyntaxException.class)))
		.as("sockets and channels");

	private static final DescribedPredicate<JavaClass> THREADS = resideInAPackage("java.util.concurrent..")
		.or(belongToAnyOf(Thread.class, ThreadLocal.class, Timer.class))
		.as("threads and what coordinates them");

	private static final DescribedPredicate<AccessTarget> CLOCK = describe("a clock",
			(target) -> (target.getOwner().isEquivalentTo(System.class)
					&& Set.of("nanoTime", "currentTimeMillis").contains(target.getName()))
					|| (target.getOwner().getPackageName().equals("java.time") && target.getName().equals("now"))
					|| target.getOwner().isAssignableTo(Clock.class));

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(BASE);

	/** A floor and all that it may use of ours. */
	enum Floor {

		WORDS(BASE),

		FRAME(BASE + ".frame..", WORDS),

		HPACK(BASE + ".hpack..", WORDS),

		PROTOCOL(BASE + ".protocol..", WORDS, FRAME, HPACK),

		CONN(BASE + ".conn..", WORDS, FRAME, HPACK, PROTOCOL),

		POOL(BASE + ".pool..", WORDS, FRAME, HPACK, PROTOCOL, CONN),

		TRANSPORT(BASE + ".transport..", WORDS, FRAME, HPACK, PROTOCOL, CONN, POOL);

		private final String packages;

		private final List<Floor> below;

		Floor(String packages, Floor... below) {
			this.packages = packages;
			this.below = List.of(below);
		}

	}

	@ParameterizedTest
	@EnumSource(Floor.class)
	void aFloorUsesOnlyTheFloorsBelowIt(Floor floor) {
		String[] above = Arrays.stream(Floor.values())
			.filter((other) -> other != floor && !floor.below.contains(other))
			.map((other) -> other.packages)
			.toArray(String[]::new);
		noClasses().that()
			.resideInAPackage(floor.packages)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(above)
			.because("arrows only point down: a lower floor can be read, tested and replaced without the higher ones")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void everyClassOfOursIsOnAFloor() {
		classes().should()
			.resideInAnyPackage(Arrays.stream(Floor.values()).map((floor) -> floor.packages).toArray(String[]::new))
			.because("a class outside the floors would escape the rules of this file")
			.check(MAIN);
	}

	@Test
	void theRulesSeeTheClassesTheyJudge() {
		assertThat(MAIN).isNotEmpty();
		assertThat(MAIN).noneMatch((type) -> type.getPackageName().endsWith(".testkit"));
	}

	@Test
	void floorsZeroAndOneHaveNoSocketsChannelsOrThreads() {
		noClasses().that()
			.resideInAnyPackage(CODECS_AND_PROTOCOL)
			.should()
			.dependOnClassesThat(NETWORK.or(THREADS))
			.because("codecs and protocol state are values that a test can hold: input, output, and nobody waiting")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void floorsZeroAndOneAskNoClock() {
		noClasses().that()
			.resideInAnyPackage(CODECS_AND_PROTOCOL)
			.should()
			.callMethodWhere(JavaCall.Predicates.target(CLOCK))
			.because("time reaches the protocol as nowNanos, so that a test owns it")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	@Test
	void nobodySleeps() {
		noClasses().should()
			.callMethod(Thread.class, "sleep", long.class)
			.orShould()
			.callMethod(Thread.class, "sleep", long.class, int.class)
			.orShould()
			.callMethod(TimeUnit.class, "sleep", long.class)
			.because("who sleeps can be neither woken nor cancelled; deadlines live on the event loop")
			.check(MAIN);
	}

	@Test
	void theTransportNeedsOnlyTheJdkAndJSpecify() {
		classes().should()
			.onlyDependOnClassesThat(resideInAnyPackage(BASE + "..", "java..", "javax.net..", "javax.security..",
					"jdk.jfr..", "org.jspecify.annotations.."))
			.because("an application takes the transport without taking anybody else's versions")
			.check(MAIN);
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching(BASE + ".(*)..")
			.should()
			.beFreeOfCycles()
			.because("two packages that need each other are one package")
			.allowEmptyShould(true)
			.check(MAIN);
	}

	/**
	 * Whoever rebuilds the connection must find these tests standing: they know it by its
	 * public face only.
	 */
	@Test
	void conformanceAndFaultsAreTestedFromOutside() {
		DescribedPredicate<JavaClass> inside = resideInAnyPackage(BASE + ".conn..", BASE + ".protocol..")
			.and(not(belongToAnyOf(ClientConn.class, ConnectionState.class, ConnectionSnapshot.class,
					StreamSnapshot.class, Dialer.class, ConnObserver.class, Traffic.class)))
			.as("the inside of a connection");
		noClasses().that()
			.resideInAnyPackage(BASE + ".conformance..", BASE + ".faults..", BASE + ".testkit..")
			.should()
			.dependOnClassesThat(inside)
			.because("they are the net under a rebuild of the connection")
			.check(new ClassFileImporter().importPackages(BASE));
	}

}
