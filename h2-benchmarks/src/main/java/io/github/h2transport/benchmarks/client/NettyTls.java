package io.github.h2transport.benchmarks.client;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;

/** The JDK's TLS for clients that are built on Netty, so that all use the same engine. */
final class NettyTls {

	private NettyTls() {
	}

	static SslContext context(Trust trust) {
		ApplicationProtocolConfig alpn = new ApplicationProtocolConfig(Protocol.ALPN,
				SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, "h2");
		return new JdkSslContext(trust.context(), true, null, IdentityCipherSuiteFilter.INSTANCE, alpn, ClientAuth.NONE,
				null, false);
	}

}
