package io.github.h2transport.faults;

import java.net.URL;
import java.net.URLClassLoader;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.security.auth.Subject;
import javax.security.auth.x500.X500Principal;

import io.github.h2transport.CallOptions;
import io.github.h2transport.Http2Request;
import io.github.h2transport.Http2Response;
import io.github.h2transport.RequestBody;
import io.github.h2transport.TlsOptions;
import io.github.h2transport.frame.Settings;
import io.github.h2transport.testkit.Certificates;
import io.github.h2transport.testkit.ScriptedServer;
import io.github.h2transport.testkit.ServedRequests;
import io.github.h2transport.testkit.TlsPeer;
import io.github.h2transport.testkit.Transports;
import io.github.h2transport.transport.Http2Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first call of an application was made for Alice, whose identity its thread carried
 * in an inheritable thread-local: the transport's threads had it from then on, also while
 * they worked for Bob.
 */
class ThreadsInheritNothingTests {

	private static final InheritableThreadLocal<String> USER = new InheritableThreadLocal<>();

	private final ServedRequests server = ScriptedServer.serving(Settings.builder().build(),
			(exchange) -> exchange.respond(200, new byte[0]));

	/** What was seen, by the kind of thread. */
	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	@AfterEach
	void end() {
		this.server.close();
	}

	/** On a loop, a body thread, a look-up thread: whoever of the application looks. */
	private void use(Http2Transport transport) throws Exception {
		CountDownLatch filtered = new CountDownLatch(1);
		Http2Request request = Http2Request.builder("POST", this.server.uri("/"))
			.body(RequestBody.ofWriter((out) -> look("body"), -1, false))
			.options(CallOptions.builder().addressFilter((host, address) -> {
				look("look-up");
				filtered.countDown();
				return true;
			}).build())
			.build();
		CompletableFuture<Void> done = transport.roundTripAsync(request).thenAccept((response) -> {
			look("loop");
			response.close();
		});
		done.get(20, TimeUnit.SECONDS);
		assertThat(filtered.getCount()).isZero();
	}

	private void look(String where) {
		Thread thread = Thread.currentThread();
		this.seen.add(where + " " + thread.getName().replaceAll("-[0-9]+", "-#") + " user " + USER.get());
		if (thread.getContextClassLoader() instanceof Foreign) {
			this.seen.add(where + " has the caller's class loader");
		}
	}

	@Test
	void neitherThreadLocalsNorTheClassLoaderOfTheFirstCall() throws Exception {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		try (Foreign foreign = new Foreign(before)) {
			USER.set("alice");
			current.setContextClassLoader(foreign);
			try (Http2Transport transport = Transports.cleartext()) {
				use(transport);
			}
		}
		finally {
			USER.remove();
			current.setContextClassLoader(before);
		}
		assertThat(this.seen).containsExactlyInAnyOrder("body h2-body user null", "look-up h2-lookup-# user null",
				"loop h2-loop-# user null");
	}

	/** Every thread that a transport has ever started, also for TLS and for its end. */
	@Test
	void noThreadKeepsTheCallersClassLoaderOrThreadGroup() throws Exception {
		ThreadGroup group = new ThreadGroup("a web application");
		List<Thread> threads = new ArrayList<>();
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread caller = new Thread(group, () -> {
			try (Http2Transport transport = Transports.cleartext()) {
				use(transport);
				CallOptions tls = CallOptions.builder()
					.tls(TlsOptions.of(Certificates.localhost().clientContext()))
					.build();
				try (TlsPeer peer = TlsPeer.of(Certificates.localhost()).start()) {
					Http2Request request = Http2Request.builder("GET", peer.uri("/")).options(tls).build();
					try (Http2Response response = transport.roundTrip(request)) {
						assertThat(response.status()).isEqualTo(200);
					}
				}
				Thread.getAllStackTraces()
					.keySet()
					.stream()
					.filter((thread) -> thread.getName().startsWith("h2-"))
					.forEach(threads::add);
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		Foreign foreign = new Foreign(getClass().getClassLoader());
		caller.setContextClassLoader(foreign);
		caller.setPriority(Thread.MIN_PRIORITY);
		caller.start();
		done.get(30, TimeUnit.SECONDS);
		assertThat(threads).extracting((thread) -> thread.getName().replaceAll("-?[0-9]+$", ""))
			.contains("h2-loop", "h2-lookup", "h2-task")
			// From JDK 21 on a virtual thread, which is in no list.
			.matches((names) -> names.contains("h2-body") == (Runtime.version().feature() < 21), "has body threads");
		assertThat(threads).allSatisfy((thread) -> {
			assertThat(thread.getContextClassLoader()).isNotSameAs(foreign);
			assertThat(thread.getThreadGroup()).isNotSameAs(group);
			assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
			assertThat(thread.isDaemon()).isTrue();
		});
		foreign.close();
	}

	/** From JDK 24 on there is no access context any more. */
	@Test
	@EnabledForJreRange(max = JRE.JAVA_22)
	@SuppressWarnings("removal")
	void noSubjectOfTheFirstCall() throws Exception {
		Subject alice = new Subject(true, Set.of(new X500Principal("CN=Alice")), Set.of(), Set.of());
		CompletableFuture<Subject> found = new CompletableFuture<>();
		try (Http2Transport transport = Transports.cleartext()) {
			Subject.doAs(alice, (PrivilegedAction<Void>) () -> {
				Http2Request request = Http2Request.builder("POST", this.server.uri("/"))
					.body(RequestBody.ofWriter(
							(out) -> found.complete(Subject.getSubject(AccessController.getContext())), -1, false))
					.build();
				transport.roundTripAsync(request).thenAccept(Http2Response::close).join();
				return null;
			});
		}
		assertThat(found.get(20, TimeUnit.SECONDS)).isNull();
	}

	/** The class loader of an application that comes and goes. */
	private static final class Foreign extends URLClassLoader {

		private Foreign(ClassLoader parent) {
			super(new URL[0], parent);
		}

	}

}
