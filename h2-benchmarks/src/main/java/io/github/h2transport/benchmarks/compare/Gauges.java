package io.github.h2transport.benchmarks.compare;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;

/** What the JVM and the kernel say about this process. */
final class Gauges {

	private static final UnixOperatingSystemMXBean SYSTEM = (UnixOperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final String ESTABLISHED = "01";

	private Gauges() {
	}

	static long cpuNanos() {
		return SYSTEM.getProcessCpuTime();
	}

	static long maxFileDescriptors() {
		return SYSTEM.getMaxFileDescriptorCount();
	}

	/**
	 * Returns what all threads have allocated; before Java 21 only those that live.
	 * @return octets
	 */
	static long allocatedOctets() {
		try {
			return (long) ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(THREADS);
		}
		catch (ReflectiveOperationException ex) {
			long sum = 0;
			for (long octets : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
				sum += Math.max(0, octets);
			}
			return sum;
		}
	}

	/**
	 * Returns what the heap holds after a collection.
	 * @return octets
	 */
	static long heapOctets() {
		System.gc();
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	static long directOctets() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

	static long residentOctets() throws IOException {
		return Files.readAllLines(Path.of("/proc/self/status"))
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
			.findFirst()
			.orElse(0);
	}

	/**
	 * Counts the connections that were ever dialled on this machine, by all processes.
	 * @return active opens of TCP
	 * @throws IOException if the kernel does not tell
	 */
	static long connectionsDialled() throws IOException {
		List<String[]> tcp = Files.readAllLines(Path.of("/proc/self/net/snmp"))
			.stream()
			.filter((line) -> line.startsWith("Tcp:"))
			.map((line) -> line.split(" "))
			.toList();
		return Long.parseLong(tcp.get(1)[List.of(tcp.get(0)).indexOf("ActiveOpens")]);
	}

	/**
	 * Counts the connections to a port of this machine: those of all processes, so the
	 * server must have one client only.
	 * @param port of the server
	 * @return how many are established
	 * @throws IOException if the kernel does not tell
	 */
	static long connectionsTo(int port) throws IOException {
		String remote = String.format(":%04X", port);
		long count = 0;
		for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
			Path file = Path.of(table);
			if (Files.exists(file)) {
				count += Files.readAllLines(file)
					.stream()
					.map((line) -> line.trim().split("\\s+"))
					.filter((columns) -> columns.length > 3 && columns[2].endsWith(remote)
							&& columns[3].equals(ESTABLISHED))
					.count();
			}
		}
		return count;
	}

}
