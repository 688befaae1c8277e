package io.github.h2transport.spring;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.h2transport.AddressFilter;
import io.github.h2transport.TlsOptions;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.util.Assert;

/**
 * What the clients of one transport have in common beside it. Gives every SSL bundle one
 * {@link TlsOptions} and every address filter one {@link AddressFilter}. The transport
 * compares both by identity, so this is what lets the many factories that Spring Boot
 * builds from one bundle share connections, and keeps those of two bundles apart. Nothing
 * is kept that no factory or connection uses any more, but for bundles with a name.
 *
 * <p>
 * A bundle with a name may be updated. From then on all clients that were built with it
 * use the new one for new connections; the old connections finish what they do.
 * Thread-safe.
 */
public final class SharedIdentities {

	private static final Log logger = LogFactory.getLog(SharedIdentities.class);

	private final @Nullable SslBundles bundles;

	private final Consumer<TlsOptions> retire;

	private final ReentrantLock lock = new ReentrantLock();

	// All guarded by lock. Values are weak where a value may refer to its key.
	private final Map<SslBundle, WeakReference<TlsOptions>> tls = new WeakHashMap<>();

	private final Map<InetAddressFilter, WeakReference<AddressFilter>> filters = new WeakHashMap<>();

	/** Who asks with an old bundle must find the identity that was updated. */
	private final Map<SslBundle, TlsIdentity> updatable = new WeakHashMap<>();

	private final Map<String, TlsIdentity> named = new HashMap<>();

	/** Makes identities of bundles that are never updated. */
	public SharedIdentities() {
		this(null, (options) -> {
		});
	}

	/**
	 * Makes identities of bundles that may be updated.
	 * @param bundles the bundles with names, {@code null} for none
	 * @param retire takes the connections of an identity that was replaced out of use;
	 * called by whoever updates a bundle
	 */
	public SharedIdentities(@Nullable SslBundles bundles, Consumer<TlsOptions> retire) {
		Assert.notNull(retire, "'retire' must not be null");
		this.bundles = bundles;
		this.retire = retire;
	}

	TlsIdentity identity(SslBundle bundle) {
		TlsIdentity identity;
		String name;
		this.lock.lock();
		try {
			TlsIdentity known = this.updatable.get(bundle);
			if (known != null) {
				return known;
			}
			name = nameOf(bundle);
			if (name == null) {
				return new TlsIdentity(null, bundle, tlsOptions(bundle));
			}
			identity = this.named.get(name);
			if (identity != null) {
				// Its update has been announced already and is about to arrive.
				return identity;
			}
			identity = new TlsIdentity(name, bundle, tlsOptions(bundle));
			this.named.put(name, identity);
			this.updatable.put(bundle, identity);
		}
		finally {
			this.lock.unlock();
		}
		listen(name, bundle);
		return identity;
	}

	private void listen(String name, SslBundle bundle) {
		if (this.bundles == null) {
			return;
		}
		this.bundles.addBundleUpdateHandler(name, (updated) -> update(name, updated));
		SslBundle present = this.bundles.getBundle(name);
		if (present != bundle) {
			// Updated before anybody listened.
			update(name, present);
		}
	}

	/** Under the lock. Connections keep it alive too, so that the next client shares. */
	private TlsOptions tlsOptions(SslBundle bundle) {
		WeakReference<TlsOptions> reference = this.tls.get(bundle);
		TlsOptions options = (reference != null) ? reference.get() : null;
		if (options == null) {
			options = toTlsOptions(bundle);
			this.tls.put(bundle, new WeakReference<>(options));
		}
		return options;
	}

	/** Spring Boot hands bundles on without their names. */
	private @Nullable String nameOf(SslBundle bundle) {
		if (this.bundles == null) {
			return null;
		}
		for (String name : this.bundles.getBundleNames()) {
			if (this.bundles.getBundle(name) == bundle) {
				return name;
			}
		}
		return null;
	}

	private void update(String name, SslBundle bundle) {
		TlsOptions options;
		try {
			options = toTlsOptions(bundle);
		}
		catch (RuntimeException ex) {
			logger.warn("The updated SSL bundle '" + name + "' cannot be used; clients go on with the old one", ex);
			return;
		}
		TlsOptions old;
		this.lock.lock();
		try {
			TlsIdentity identity = this.named.get(name);
			if (identity == null) {
				return;
			}
			old = identity.replace(bundle, options);
			this.updatable.put(bundle, identity);
		}
		finally {
			this.lock.unlock();
		}
		logger.info("SSL bundle '" + name + "' was updated: new HTTP/2 connections use it, the old ones finish");
		this.retire.accept(old);
	}

	/**
	 * Returns the name of the SSL bundle that an identity comes from.
	 * @param options a TLS identity
	 * @return the name, {@code null} if it comes from no bundle with a name, or from one
	 * that was replaced
	 */
	public @Nullable String nameOf(TlsOptions options) {
		this.lock.lock();
		try {
			for (TlsIdentity identity : this.named.values()) {
				if (identity.options() == options) {
					return identity.name();
				}
			}
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	AddressFilter addressFilter(InetAddressFilter filter) {
		this.lock.lock();
		try {
			WeakReference<AddressFilter> reference = this.filters.get(filter);
			AddressFilter value = (reference != null) ? reference.get() : null;
			if (value == null) {
				value = new BootAddressFilter(filter);
				this.filters.put(filter, new WeakReference<>(value));
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
