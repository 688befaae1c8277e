package io.github.h2transport.protocol;

import java.util.Map;

import io.github.h2transport.frame.Settings;
import org.jspecify.annotations.Nullable;

/**
 * The peer's SETTINGS as far as they bind us (RFC 9113 section 6.5.2). Applied by the
 * loop in one step, read by anybody.
 */
public final class PeerSettings {

	/** RFC 9113 section 6.9.2. */
	public static final int DEFAULT_INITIAL_WINDOW_SIZE = 65_535;

	/** RFC 9113 section 6.5.2. */
	public static final int DEFAULT_MAX_FRAME_SIZE = 16_384;

	private volatile long initialWindowSize = DEFAULT_INITIAL_WINDOW_SIZE;

	private volatile int maxFrameSize = DEFAULT_MAX_FRAME_SIZE;

	private volatile long maxHeaderListSize = Long.MAX_VALUE;

	private volatile @Nullable Settings all;

	void apply(Settings settings) {
		this.initialWindowSize = settings.get(Settings.INITIAL_WINDOW_SIZE, this.initialWindowSize);
		this.maxFrameSize = (int) settings.get(Settings.MAX_FRAME_SIZE, this.maxFrameSize);
		this.maxHeaderListSize = settings.get(Settings.MAX_HEADER_LIST_SIZE, this.maxHeaderListSize);
		Settings before = this.all;
		this.all = (before != null) ? settings.after(before) : settings;
	}

	public long initialWindowSize() {
		return this.initialWindowSize;
	}

	public int maxFrameSize() {
		return this.maxFrameSize;
	}

	/**
	 * Returns the largest header section that the peer is ready to take.
	 * @return octets as RFC 9113 section 6.5.2 counts them, {@code Long.MAX_VALUE} if it
	 * set no limit
	 */
	public long maxHeaderListSize() {
		return this.maxHeaderListSize;
	}

	/**
	 * Returns everything the peer has set so far.
	 * @return values by RFC name, in the order of their ids
	 */
	public Map<String, Long> toMap() {
		Settings latest = this.all;
		return (latest != null) ? latest.toMap() : Map.of();
	}

}
