package io.github.h2transport.conn;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * Socket calls whose failure changes nothing for the caller.
 */
final class Sockets {

	private Sockets() {
	}

	static SocketChannel open() throws IOException {
		SocketChannel channel = SocketChannel.open();
		try {
			channel.configureBlocking(false);
			// Small frames must not wait for the acknowledgement of earlier ones.
			channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
			return channel;
		}
		catch (Throwable ex) {
			close(channel);
			throw ex;
		}
	}

	static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			// Closed is all that was wanted.
		}
	}

	/** Host and port without any name look-up; an IPv6 address in brackets. */
	static @Nullable String text(@Nullable SocketAddress address) {
		if (!(address instanceof InetSocketAddress inet)) {
			return (address != null) ? address.toString() : null;
		}
		String host = inet.getAddress().getHostAddress();
		return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + inet.getPort();
	}

	static @Nullable SocketAddress localAddress(SocketChannel channel) {
		try {
			return channel.getLocalAddress();
		}
		catch (IOException ex) {
			return null;
		}
	}

	static @Nullable SocketAddress remoteAddress(SocketChannel channel) {
		try {
			return channel.getRemoteAddress();
		}
		catch (IOException ex) {
			return null;
		}
	}

}
