package io.github.h2transport.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Assumptions;

/**
 * A network of its own with one address, behind a wire of the kernel's (a network
 * namespace of Linux with a pair of veth devices). Servers run inside, the test outside,
 * and the kernel lets packets of single connections vanish on the way: nobody is told, as
 * on a path that has died. Without the rights or the programs for it the test is skipped
 * with the reason. For one thread.
 */
public final class NetworkNamespace implements AutoCloseable {

	private static final AtomicInteger COUNT = new AtomicInteger();

	/** Names of devices have 15 characters at most. */
	private final String name;

	private final String device;

	private final String address;

	private NetworkNamespace(int number) {
		this.name = "h2n" + Integer.toString(number, Character.MAX_RADIX);
		this.device = "h2v" + Integer.toString(number, Character.MAX_RADIX);
		// 198.18.0.0/15 is for tests of networks (RFC 2544), four addresses each.
		int net = Math.floorMod(number, 1 << 15) * 4;
		String prefix = "198." + (18 + (net >>> 16)) + "." + (net >>> 8 & 0xff) + ".";
		this.address = prefix + ((net & 0xff) + 2);
		String outside = prefix + ((net & 0xff) + 1);
		run("ip", "netns", "add", this.name);
		try {
			run("ip", "link", "add", this.device, "type", "veth", "peer", "name", "inside", "netns", this.name);
			run("ip", "address", "add", outside + "/30", "dev", this.device);
			run("ip", "link", "set", this.device, "up");
			inside("ip", "address", "add", this.address + "/30", "dev", "inside");
			inside("ip", "link", "set", "inside", "up");
			inside("ip", "link", "set", "lo", "up");
			inside("iptables", "-w", "-L", "-n");
		}
		catch (IllegalStateException ex) {
			try {
				close();
			}
			catch (IllegalStateException further) {
				ex.addSuppressed(further);
			}
			throw ex;
		}
	}

	/**
	 * Makes a network. Skips the test if this machine does not allow it.
	 * @return a network in which everything arrives
	 */
	public static NetworkNamespace create() {
		int number = (int) (ProcessHandle.current().pid() * 16 + COUNT.getAndIncrement());
		try {
			return new NetworkNamespace(number);
		}
		catch (IllegalStateException ex) {
			return Assumptions.abort("Network namespaces need Linux, root, ip and iptables: " + ex.getMessage());
		}
	}

	/**
	 * Returns the address of the servers inside.
	 * @return an IPv4 address that only this machine can reach
	 */
	public String address() {
		return this.address;
	}

	/**
	 * Lets all that a connection sends to the servers vanish from now on.
	 * @param clientPort the connection's port outside
	 */
	public void dropToServer(int clientPort) {
		inside("iptables", "-w", "-A", "INPUT", "-p", "tcp", "--sport", String.valueOf(clientPort), "-j", "DROP");
	}

	/**
	 * Lets all that the servers send to a connection vanish from now on.
	 * @param clientPort the connection's port outside
	 */
	public void dropToClient(int clientPort) {
		inside("iptables", "-w", "-A", "OUTPUT", "-p", "tcp", "--dport", String.valueOf(clientPort), "-j", "DROP");
	}

	/** Lets everything arrive again; what was lost is sent again by TCP. */
	public void heal() {
		inside("iptables", "-w", "-F");
	}

	/** What makes a command run inside. */
	List<String> prefix() {
		return List.of("ip", "netns", "exec", this.name);
	}

	private void inside(String... command) {
		List<String> all = new ArrayList<>(prefix());
		all.addAll(List.of(command));
		run(all.toArray(String[]::new));
	}

	private static void run(String... command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new IllegalStateException(String.join(" ", command) + " failed: " + output.strip());
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
		catch (InterruptedException ex) {
			throw new UncheckedIOException(new IOException(ex));
		}
	}

	/** Ends the network; its servers should have ended before. */
	@Override
	public void close() {
		try {
			run("ip", "link", "delete", this.device);
		}
		finally {
			run("ip", "netns", "delete", this.name);
		}
	}

}
