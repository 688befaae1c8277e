/*
 * What the answers of /actuator/h2pool mean, without the page: no document, no clock, no network.
 * A "look" is one answer and when it came: { at: milliseconds, pool, diagnosis }.
 */

/** For how long the sparklines look back. */
export const HISTORY_MILLIS = 60_000;

/** A stream that has not moved for so long is told to wait; below that it is on its way. */
export const WAITS_AFTER_SECONDS = 1;

const MOST_EVENTS = 60; // what fits on a screen or two

const MOST_SEGMENTS = 128; // a bar with more slots than this would be dust

const NO_LIMIT = 2 ** 31 - 1; // a server that allows so many streams means any number

const DEFAULT_WINDOW = 65_535; // RFC 9113 section 6.9.2

/** Seconds of an ISO-8601 duration as Java writes it ("PT1H2M3.4S"); 0 for null. */
export function seconds(duration) {
	const parts = /^(-)?P(?:(\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?$/.exec(duration ?? "PT0S");
	if (!parts) {
		return 0;
	}
	const [, minus, d, h, m, s] = parts;
	const sum = Number(d ?? 0) * 86_400 + Number(h ?? 0) * 3_600 + Number(m ?? 0) * 60 + Number(s ?? 0);
	return minus ? -sum : sum;
}

/** "0.4 s", "12 s", "3 min 5 s", "2 h 10 min": as exact as one needs it at that size. */
export function time(value) {
	if (value < 10) {
		return `${value.toFixed(1)} s`;
	}
	const whole = Math.floor(value);
	if (whole < 60) {
		return `${whole} s`;
	}
	if (whole < 3_600) {
		return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	}
	return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** "17 B", "64 KiB", "1.5 MiB". */
export function size(octets) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let value = octets;
	let unit = 0;
	while (Math.abs(value) >= 1_024 && unit < units.length - 1) {
		value /= 1_024;
		unit++;
	}
	return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** "1 stream", "3 streams". */
export function count(number, noun) {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Whom a stream waits for: "peer", "window", "application", or "moving" if it does not wait. */
export function waitsFor(stream) {
	if (stream.waitingFor === null || seconds(stream.waiting) < WAITS_AFTER_SECONDS) {
		return "moving";
	}
	switch (stream.waitingFor) {
		case "response head":
		case "response body":
			return "peer";
		case "request body":
		case "application not reading":
			return "application";
		default: // stream window, connection window, socket, and what may come
			return "window";
	}
}

/** How many streams a connection may have at once: the server's limit or ours, whichever is lower. */
export function slots(connection, limits) {
	const ours = limits?.maxStreamsPerConnection ?? NO_LIMIT;
	const most = connection.singleUse ? 1 : Math.min(connection.maxConcurrentStreams, ours);
	return most >= NO_LIMIT ? Infinity : most;
}

/** How many slots the bar of a connection stands for: all of them, or so many that a stream can be seen. */
export function barLength(all, streams) {
	if (all <= MOST_SEGMENTS) {
		return Math.max(all, streams, 1);
	}
	return Math.max(MOST_SEGMENTS / 2, 2 ** Math.ceil(Math.log2(streams * 1.5 + 1)));
}

/** The streams to be told in words, at most so many: those that wait longest, in the order of their ids. */
export function longestWaits(streams, most) {
	return [...streams].sort((a, b) => seconds(b.waiting) - seconds(a.waiting))
		.slice(0, most)
		.sort((a, b) => a.id - b.id);
}

/** The size that a stream's send window had at its start. */
export function initialSendWindow(connection) {
	return connection.peerSettings.SETTINGS_INITIAL_WINDOW_SIZE ?? DEFAULT_WINDOW;
}

/** The size that a stream's receive window had at its start. */
export function initialReceiveWindow(connection) {
	return connection.ownSettings.SETTINGS_INITIAL_WINDOW_SIZE ?? DEFAULT_WINDOW;
}

/**
 * Gives each origin a name of its own. Two entries may have the same origin: clients with another SSL bundle or proxy
 * have an entry each, and not all that tells them apart is shown.
 */
export function named(origins) {
	const seen = new Map();
	return origins.map((origin) => {
		const name = `${origin.origin} ${origin.sslBundle ?? ""}`;
		const before = seen.get(name) ?? 0;
		seen.set(name, before + 1);
		return { name: `${name} ${before}`, origin };
	});
}

/** All connections of a look by their ids, with their origins. */
function connectionsOf(pool) {
	const all = new Map();
	for (const origin of pool.origins) {
		for (const connection of origin.connections) {
			all.set(connection.id, { origin, connection });
		}
	}
	return all;
}

/** How many more of each reason there are: { "goaway": 1 }. */
function more(before, now) {
	return Object.entries(now ?? {}).filter(([reason, number]) => number > (before?.[reason] ?? 0))
		.map(([reason]) => reason);
}

/**
 * The reason why a connection that is gone was closed, as far as one can tell from outside: what it said itself, else
 * the one reason of which there is one more. An origin without connections is gone together with its counts.
 */
function whyGone(id, was, before, originNow, now) {
	const { goAway, diagnostics } = was.connection;
	if (goAway) {
		return `after GOAWAY ${goAway.code}`;
	}
	const counted = originNow?.pool
			? more(was.origin.pool?.totals.closed, originNow.pool.totals.closed)
			: more(before.pool.totals.closed, now.pool.totals.closed);
	return diagnostics.endedBy ?? was.origin.pool?.leaving[id] ?? (counted.length === 1 ? counted[0] : null);
}

/** What has changed between two looks, in words: [{ severity, text }], the first thing first. */
export function changes(before, now) {
	const told = [];
	const tell = (severity, text) => told.push({ severity, text });
	const past = connectionsOf(before.pool);
	const present = connectionsOf(now.pool);
	const originsNow = new Map(named(now.pool.origins).map(({ name, origin }) => [name, origin]));
	const originNames = new Map(named(before.pool.origins).map(({ name, origin }) => [origin, name]));
	for (const [id, { origin, connection }] of present) {
		const was = past.get(id)?.connection;
		if (!was) {
			tell("info", `${id} to ${origin.origin} was opened`);
		}
		if (connection.goAway && !was?.goAway) {
			const { code, lastStreamId, debug } = connection.goAway;
			tell(code === "NO_ERROR" ? "info" : "warning",
					`${id} got GOAWAY ${code}, last stream ${lastStreamId}${debug ? `: ${debug}` : ""}`);
		}
		else if (connection.state === "DRAINING" && was?.state !== "DRAINING") {
			const why = origin.pool?.leaving[id];
			tell("info", `${id} takes no new calls${why ? `: ${why}` : ""}`);
		}
	}
	for (const [id, was] of past) {
		if (!present.has(id)) {
			const why = whyGone(id, was, before, originsNow.get(originNames.get(was.origin)), now);
			const cut = was.connection.activeStreams > 0;
			tell(cut ? "warning" : "info", `${id} to ${was.origin.origin} is closed${why ? `: ${why}` : ""}`
					+ (cut ? `; it had ${count(was.connection.activeStreams, "open stream")} when last seen` : ""));
		}
	}
	for (const [origin, name] of originNames) {
		const later = originsNow.get(name);
		if (later?.pool && later.pool.dialFailure && later.pool.dialFailure !== origin.pool?.dialFailure) {
			tell("critical", `No connection to ${later.origin}: ${later.pool.dialFailure}`);
		}
		const replays = (later?.pool?.totals.replays ?? 0) - (origin.pool?.totals.replays ?? 0);
		if (later?.pool && replays > 0) {
			tell("info", `${count(replays, "call")} to ${later.origin} went to another connection`);
		}
		if (later?.fallback && !origin.fallback) {
			tell("warning", `${later.origin} is called over HTTP/1.1: ${later.fallback.reason}`);
		}
	}
	return told;
}

/** How many streams were opened between two looks, on all connections. */
function opened(before, now) {
	const past = before ? connectionsOf(before.pool) : new Map();
	let sum = 0;
	for (const [id, { connection }] of connectionsOf(now.pool)) {
		const was = past.get(id)?.connection.streamsOpened;
		// what a connection did before the page was open does not count
		sum += (was === undefined && !before) ? 0 : connection.streamsOpened - (was ?? 0);
	}
	return sum;
}

const content = (look) => look.pool.traffic.sentBytes + look.pool.traffic.receivedBytes;

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** What was seen within the last minute. */
export class History {

	/** Points { at, streams, pending, rate, octets } of all origins together, oldest first. */
	points = [];

	/** Points { at, streams, pending } by the names of origins. */
	origins = new Map();

	/** What happened, newest first: { number, at, severity, text }. */
	events = [];

	#told = 0; // numbers the events

	#last = null;

	#largest = new Map(); // the largest size that each window was seen with, by name

	/** Adds a look. */
	add(look) {
		const before = this.#last;
		const elapsed = before ? (look.at - before.at) / 1_000 : 0;
		const perSecond = (amount) => (elapsed > 0 ? Math.max(0, amount) / elapsed : 0);
		const all = named(look.pool.origins);
		const streamsOf = (origin) => sum(origin.connections.map((connection) => connection.activeStreams));
		this.points.push({
			at: look.at,
			streams: sum(all.map(({ origin }) => streamsOf(origin))),
			pending: sum(all.map(({ origin }) => origin.pending)),
			rate: perSecond(opened(before, look)),
			octets: before ? perSecond(content(look) - content(before)) : 0,
		});
		this.points = recent(this.points, look.at);
		for (const { name, origin } of all) {
			const points = this.origins.get(name) ?? [];
			points.push({ at: look.at, streams: streamsOf(origin), pending: origin.pending });
			this.origins.set(name, recent(points, look.at));
		}
		for (const name of [...this.origins.keys()].filter((name) => !all.some((each) => each.name === name))) {
			this.origins.delete(name);
		}
		if (before) {
			const told = changes(before, look).map((change) => ({ number: this.#told++, at: look.at, ...change }));
			this.events = [...told.reverse(), ...this.events].slice(0, MOST_EVENTS);
		}
		this.#forgetWindows(look);
		this.#last = look;
	}

	/** How full a window is, 0 to 1: of the largest size it was seen with, at least the given one. */
	windowShare(name, available, atLeast) {
		const largest = Math.max(this.#largest.get(name) ?? 0, available, atLeast);
		this.#largest.set(name, largest);
		return { largest, share: largest > 0 ? Math.max(0, available) / largest : 0 };
	}

	/** Names of windows begin with the connection's id and a space. */
	#forgetWindows(look) {
		const present = connectionsOf(look.pool);
		for (const name of [...this.#largest.keys()]) {
			const [connectionId, streamId] = name.split(" ");
			const connection = present.get(connectionId)?.connection;
			const stays = connection
					&& (streamId === "all" || connection.streams.some((stream) => String(stream.id) === streamId));
			if (!stays) {
				this.#largest.delete(name);
			}
		}
	}

}

function recent(points, at) {
	return points.filter((point) => at - point.at <= HISTORY_MILLIS);
}
