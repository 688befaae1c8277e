package io.github.h2transport.conn;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.github.h2transport.ConnectionKey;
import io.github.h2transport.TransportOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.github.h2transport.conn.ScriptedPeer.get;
import static io.github.h2transport.testkit.peer.PeerFrame.data;
import static io.github.h2transport.testkit.peer.PeerFrame.headers;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a connection keeps while nothing happens. Counts our own objects and the arrays
 * and strings they hold, by the layout of a JVM with compressed references; the pool, the
 * socket and the inner life of the JDK's collections come on top.
 */
@Timeout(30)
class IdleMemoryTests {

	/** A third of the 8 KiB that an idle connection may hold is for all the rest. */
	private static final int MOST_OCTETS = 8192 * 2 / 3;

	/** Shared by all connections, or not of this test. */
	private static final List<Class<?>> SHARED = List.of(Loop.class, Resources.class, TransportOptions.class,
			ConnectionKey.class, ConnObserver.class, Wire.class, BufferPool.class, Class.class, Enum.class);

	private static final int HEADER = 12;

	private static final int ARRAY_HEADER = 16;

	@Test
	void aConnectionThatHasServedACallHoldsLittle() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		call(peer, 1);
		assertThat(retained(peer.connection())).isLessThan(MOST_OCTETS);
	}

	@Test
	void oneCallAfterTheOtherAddsLittle() throws Exception {
		ScriptedPeer peer = new ScriptedPeer().greet();
		call(peer, 1);
		long before = retained(peer.connection());
		for (int i = 1; i < 100; i++) {
			call(peer, 2 * i + 1);
		}
		// The notes of the last frames and of ended streams have grown to their size.
		assertThat(retained(peer.connection()) - before).isLessThan(2048);
	}

	private static void call(ScriptedPeer peer, int id) throws Exception {
		Exchange call = peer.call(get("/a"));
		peer.expect(headers(id).endStream());
		peer.send(headers(id).status(200).with("server", "a server"), data(id, "content").endStream());
		call.hasStatus(200);
		assertThat(call.text()).isEqualTo("content");
		peer.isAtRest();
	}

	private static long retained(Object root) throws IllegalAccessException {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Object> open = new ArrayDeque<>(List.of(root));
		long octets = 0;
		while (!open.isEmpty()) {
			Object next = open.remove();
			if (SHARED.stream().noneMatch((type) -> type.isInstance(next)) && seen.add(next)) {
				octets += (shallow(next, open) + 7) & ~7;
			}
		}
		return octets;
	}

	/** Returns the size of one object, and adds what it refers to. */
	private static int shallow(Object object, Deque<Object> more) throws IllegalAccessException {
		Class<?> type = object.getClass();
		if (type.isArray()) {
			int length = Array.getLength(object);
			if (!type.getComponentType().isPrimitive()) {
				for (Object each : (Object[]) object) {
					add(each, more);
				}
			}
			return ARRAY_HEADER + length * size(type.getComponentType());
		}
		if (object instanceof String text) {
			return 24 + ARRAY_HEADER + text.length();
		}
		if (object instanceof AtomicReferenceArray<?> array) {
			for (int i = 0; i < array.length(); i++) {
				add(array.get(i), more);
			}
			return 16 + ARRAY_HEADER + array.length() * size(Object.class);
		}
		if (object instanceof Collection<?> collection) {
			collection.forEach((each) -> add(each, more));
		}
		else if (object instanceof Map<?, ?> map) {
			map.forEach((key, value) -> {
				add(key, more);
				add(value, more);
			});
		}
		int octets = HEADER;
		boolean ours = type.getName().startsWith("io.github.h2transport.");
		for (Class<?> level = type; ours && level != Object.class; level = level.getSuperclass()) {
			for (Field field : level.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers())) {
					octets += size(field.getType());
					if (!field.getType().isPrimitive() && field.trySetAccessible()) {
						add(field.get(object), more);
					}
				}
			}
		}
		return octets;
	}

	private static void add(Object object, Deque<Object> more) {
		if (object != null) {
			more.add(object);
		}
	}

	private static int size(Class<?> type) {
		if (type == long.class || type == double.class) {
			return 8;
		}
		if (type == byte.class || type == boolean.class) {
			return 1;
		}
		return (type == short.class || type == char.class) ? 2 : 4;
	}

}
