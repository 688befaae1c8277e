package io.github.h2transport.conformance;

import io.github.h2transport.testkit.peer.WirePeer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Closes both ends of the connections that a test has played. */
final class ClosesPeers implements AfterEachCallback {

	@Override
	public void afterEach(ExtensionContext context) {
		WirePeer.closeAll();
	}

}
