package io.github.h2transport.spring;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.TlsOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * What the clients of one transport have in common beside it. Gives every SSL bundle one
 * {@link TlsOptions} and every address filter one {@link AddressFilter}. The transport
 * compares both by identity, so this is what lets the many factories that Spring Boot
 * builds from one bundle share connections, and keeps those of two bundles apart. Nothing
 * is kept that no factory or connection uses any more.
 */
public final class SharedIdentities {

	private final ReentrantLock lock = new ReentrantLock();

	// Both guarded by lock. The values are weak because a value may refer to its key.
	private final Map<SslBundle, WeakReference<TlsOptions>> tls = new WeakHashMap<>();

	private final Map<InetAddressFilter, WeakReference<AddressFilter>> filters = new WeakHashMap<>();

	TlsOptions tlsOptions(SslBundle bundle) {
		return shared(this.tls, bundle, SharedIdentities::toTlsOptions);
	}

	AddressFilter addressFilter(InetAddressFilter filter) {
		return shared(this.filters, filter, (given) -> (host, address) -> given.matches(address));
	}

	private <K, V> V shared(Map<K, WeakReference<V>> known, K key, Function<K, V> factory) {
		this.lock.lock();
		try {
			WeakReference<V> reference = known.get(key);
			V value = (reference != null) ? reference.get() : null;
			if (value == null) {
				value = factory.apply(key);
				known.put(key, new WeakReference<>(value));
			}
			return value;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static TlsOptions toTlsOptions(SslBundle bundle) {
		SslOptions options = bundle.getOptions();
		return TlsOptions.of(bundle.createSslContext(), listOrNull(options.getEnabledProtocols()),
				listOrNull(options.getCiphers()));
	}

	private static @Nullable List<String> listOrNull(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : null;
	}

}
