/*
 * Puts a look onto the page. What is there already stays the same element, so that focus and selection survive;
 * texts of servers are only ever set as text.
 */

import { ENDPOINT } from "./endpoint.js";
import {
	barLength, count, HISTORY_MILLIS, initialReceiveWindow, initialSendWindow, longestWaits, named, seconds, size,
	slots, time, waitsFor,
} from "./model.js";

const MOST_TILES = 12; // streams told in words per connection; the others are segments of its bar

const MOST_PIPS = 60; // waiting calls drawn one by one

const ENDED_STAYS_MILLIS = 1_500; // for how long a stream that is gone is still to be seen

const GAP_MILLIS = 3_000; // without a look for so long, a sparkline has a gap

const SEVERITY_SIGNS = { critical: "✖ critical", warning: "▲ warning", info: "● info", ok: "✔ ok" };

const byId = (id) => document.getElementById(id);

const part = (element, name) => element.querySelector(`[data-is="${name}"]`);

/** Sets a text only if it changes, so that nothing is announced or laid out anew without need. */
function setText(element, text) {
	if (element.textContent !== text) {
		element.textContent = text;
	}
}

function setAttribute(element, name, value) {
	if (element.getAttribute(name) !== String(value)) {
		element.setAttribute(name, value);
	}
}

/** Shows a text, or hides its element if there is none. */
function say(element, text) {
	setText(element, text ?? "");
	element.hidden = !text;
}

/** Makes the children of an element be one for each item, in order; those whose keys are there stay where they are. */
function each(parent, items, keyOf, create, update) {
	const wanted = new Map(items.map((item) => [String(keyOf(item)), item]));
	const present = new Map();
	for (const child of [...parent.children]) {
		if (wanted.has(child.dataset.key)) {
			present.set(child.dataset.key, child);
		}
		else {
			child.remove();
		}
	}
	let next = parent.firstElementChild;
	for (const [key, item] of wanted) {
		let child = present.get(key);
		if (!child) {
			child = create(item);
			child.dataset.key = key;
		}
		if (child === next) {
			next = next.nextElementSibling;
		}
		else {
			parent.insertBefore(child, next);
		}
		update(child, item);
	}
}

const fromTemplate = (id) => () => byId(id).content.firstElementChild.cloneNode(true);

const element = (name, className) => () => {
	const created = document.createElement(name);
	created.className = className;
	return created;
};

/** A line over the last minute, drawn in units of 600 by 40. */
function sparkline(svg, points, at, valueOf, label, format) {
	const width = 600;
	const height = 40;
	const values = points.map(valueOf);
	const most = Math.max(1e-9, ...values);
	let path = "";
	let last = null;
	for (const [i, point] of points.entries()) {
		const x = width - ((at - point.at) / HISTORY_MILLIS) * width;
		const y = height - 2 - (values[i] / most) * (height - 4);
		path += `${last === null || point.at - last > GAP_MILLIS ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
		last = point.at;
	}
	if (!svg.firstChild) {
		setAttribute(svg, "viewBox", `0 0 ${width} ${height}`);
		setAttribute(svg, "preserveAspectRatio", "none");
		svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
	}
	setAttribute(svg.firstChild, "d", path);
	const now = values.at(-1) ?? 0;
	setAttribute(svg, "aria-label", `${label} over the last minute: now ${format(now)}, at most ${format(most < 1e-6 ? 0 : most)}`);
}

function gauge(parent, label, { share, largest }, available) {
	if (!parent.firstChild) {
		parent.append(fromTemplate("gauge")());
	}
	const meter = parent.firstElementChild;
	const words = `${size(available)} of ${size(largest)}`;
	setText(part(meter, "label"), label);
	setText(part(meter, "number"), words);
	part(meter, "fill").style.width = `${(share * 100).toFixed(1)}%`;
	setAttribute(meter, "aria-label", `${label} window`);
	setAttribute(meter, "aria-valuemax", largest);
	setAttribute(meter, "aria-valuenow", Math.max(0, available));
	setAttribute(meter, "aria-valuetext", words);
	meter.classList.toggle("low", share < 0.05);
}

/** The page's parts that show a look. */
export class View {

	#ended = new Map(); // streams that are gone since a moment, by connection: [{ stream, at }]

	#before = new Map(); // the streams of each connection in the look before

	/** Shows what was seen. */
	show(look, history) {
		this.#verdict(look.diagnosis, look.pool);
		this.#totals(look, history);
		this.#findings(look.diagnosis);
		this.#rememberEnded(look);
		byId("empty").hidden = look.pool.origins.length > 0;
		each(byId("origins"), named(look.pool.origins), (each) => each.name, fromTemplate("origin"),
				(child, { name, origin }) => this.#origin(child, name, origin, look, history));
		this.#events(history);
	}

	/** Says why there is nothing new, or nothing if there is. */
	unreachable(problem) {
		const banner = byId("unreachable");
		say(banner, problem);
		document.body.classList.toggle("stale", problem !== null);
		if (problem !== null) {
			this.#setVerdict("none", "? unknown");
		}
	}

	/** Says how old the picture is. */
	freshness(text) {
		setText(byId("freshness"), text);
	}

	#verdict(diagnosis, pool) {
		if (pool.origins.length === 0) {
			this.#setVerdict("ok", "✔ no connections");
			return;
		}
		this.#setVerdict(diagnosis.severity, `${SEVERITY_SIGNS[diagnosis.severity] ?? diagnosis.severity}: ${diagnosis.summary}`);
	}

	#setVerdict(severity, text) {
		const verdict = byId("verdict");
		verdict.dataset.severity = severity;
		setText(verdict, text);
		document.title = `${text.split(":")[0]} – HTTP/2 live`;
	}

	#totals(look, history) {
		const whole = (number) => String(Math.round(number));
		const totals = byId("totals");
		const show = (name, label, format) => {
			const values = history.points.map((point) => point[name]);
			setText(part(totals, name), format(values.at(-1)));
			setText(part(totals, `${name}Most`), `at most ${format(Math.max(...values))} in the last minute`);
			sparkline(part(totals, `${name}Line`), history.points, look.at, (point) => point[name], label, format);
		};
		show("streams", "Streams open", whole);
		show("pending", "Calls waiting", whole);
		show("rate", "New calls a second", whole);
		show("octets", "Content a second", size);
	}

	#findings(diagnosis) {
		const rank = ["critical", "warning", "info"];
		const findings = diagnosis.origins
			.flatMap((origin) => origin.findings.map((finding) => ({ ...finding, sslBundle: origin.sslBundle })))
			.filter((finding) => finding.severity !== "ok")
			.sort((a, b) => rank.indexOf(a.severity) - rank.indexOf(b.severity));
		byId("no-findings").hidden = findings.length > 0;
		each(byId("findings"), findings, (finding) => `${finding.kind} ${finding.origin} ${finding.sslBundle}`,
				fromTemplate("finding"), (child, finding) => {
					child.dataset.severity = finding.severity;
					setText(part(child, "severity"), SEVERITY_SIGNS[finding.severity] ?? finding.severity);
					setText(part(child, "summary"), finding.summary);
					setText(part(child, "where"), `${finding.kind} · ${finding.origin}`);
					setText(part(child, "since"), finding.since ? ` · for ${time(seconds(finding.since))}` : "");
					say(part(child, "advice"), finding.advice);
					setText(part(child, "propertyName"), finding.property ?? "");
					part(child, "property").hidden = !finding.property;
				});
	}

	#origin(child, name, origin, look, history) {
		const pool = origin.pool;
		const points = history.origins.get(name) ?? [];
		setText(part(child, "origin"), origin.origin);
		setText(part(child, "about"), [
			origin.protocol,
			origin.sslBundle && `SSL bundle ${origin.sslBundle}`,
			origin.serviceGroups.length > 0 && `service group ${origin.serviceGroups.join(", ")}`,
			pool && `${count(pool.open, "connection")} of at most ${pool.limits.maxConnections}`,
			pool?.dialling > 0 && `${pool.dialling} on the way`,
		].filter(Boolean).join(" · "));
		sparkline(part(child, "line"), points, look.at, (point) => point.streams + point.pending, "Streams and waiting calls",
				(number) => String(Math.round(number)));
		say(part(child, "fallback"), origin.fallback && `Called over HTTP/1.1 for ${time(seconds(origin.fallback.age))}: `
				+ `${origin.fallback.reason} (${count(origin.fallback.calls, "call")}; those connections are not shown)`);
		say(part(child, "dial"), pool?.dialFailure && `The latest attempt to connect failed: ${pool.dialFailure}`);
		this.#queue(child, origin);
		say(part(child, "recent"), pool && recently(pool.recent));
		each(part(child, "connections"), origin.connections, (connection) => connection.id, fromTemplate("connection"),
				(section, connection) => this.#connection(section, connection, pool, look, history));
	}

	#queue(child, origin) {
		const pending = origin.pending;
		part(child, "queue").hidden = pending === 0;
		setText(part(child, "pending"), `${count(pending, "call")} ${pending === 1 ? "waits" : "wait"} for a connection`);
		setText(part(child, "oldest"), origin.pool ? `the longest for ${time(seconds(origin.pool.oldestWait))}, at most `
				+ `${origin.pool.limits.maxPending} may` : "");
		const pips = part(child, "pips");
		if (pending > MOST_PIPS) {
			setAttribute(pips, "data-more", pending - MOST_PIPS);
		}
		else {
			pips.removeAttribute("data-more");
		}
		each(pips, [...Array(Math.min(pending, MOST_PIPS)).keys()], (number) => number, element("i", "pip"),
				() => undefined);
	}

	#connection(section, connection, pool, look, history) {
		const id = connection.id;
		const link = part(section, "id");
		const all = slots(connection, pool?.limits);
		const length = barLength(all, connection.streams.length);
		section.dataset.connection = id;
		setText(link, id);
		setAttribute(link, "href", `${ENDPOINT}/${encodeURIComponent(id)}`);
		setAttribute(link, "title", "Its last frames, as JSON");
		setText(part(section, "state"), connection.state);
		part(section, "state").dataset.state = connection.state;
		setText(part(section, "about"), aboutConnection(connection));
		say(part(section, "trouble"), troubles(connection, pool));
		setText(part(section, "slots"), `${count(connection.activeStreams, "stream")} open, `
				+ `${all === Infinity ? "the server sets no limit" : `${all} at once`}`);
		setText(part(section, "more"), ` · ${connection.streamsOpened} so far`
				+ (length < all ? ` · the bar is ${length} slots long` : ""));
		this.#bar(part(section, "bar"), connection, length, look.at);
		this.#windows(section, connection, `${id} all`, history, initialSendWindow, initialReceiveWindow);
		const told = longestWaits(connection.streams, MOST_TILES);
		each(part(section, "tiles"), told, (stream) => stream.id, fromTemplate("tile"),
				(tile, stream) => this.#tile(tile, stream, connection, history));
		const rest = connection.streams.length - told.length;
		say(part(section, "rest"), rest > 0 ? `and ${count(rest, "stream")} that ${rest === 1 ? "waits" : "wait"} less` : null);
	}

	#windows(parent, of, name, history, initialSend, initialReceive) {
		const gauges = parent.querySelector(":scope > .gauges");
		const send = history.windowShare(`${name} send`, of.sendWindow, initialSend(of));
		const receive = history.windowShare(`${name} receive`, of.receiveWindow, initialReceive(of));
		gauge(part(gauges, "send"), "may send", send, of.sendWindow);
		gauge(part(gauges, "receive"), "may receive", receive, of.receiveWindow);
	}

	#bar(bar, connection, length, at) {
		const ended = (this.#ended.get(connection.id) ?? []).filter((each) => at - each.at < ENDED_STAYS_MILLIS)
			.slice(0, Math.max(0, length - connection.streams.length));
		const segments = [
			...connection.streams.map((stream) => ({ stream, kind: waitsFor(stream) })),
			...ended.map(({ stream }) => ({ stream, kind: "ended" })),
		].sort((a, b) => a.stream.id - b.stream.id);
		bar.style.setProperty("--slots", length);
		each(bar, segments, ({ stream }) => stream.id, element("li", "segment"), (segment, { stream, kind }) => {
			const words = kind === "ended" ? `${stream.method} #${stream.id} has ended`
					: `${stream.method} #${stream.id}, ${waitInWords(stream)}`;
			segment.className = `segment ${kind}`;
			setAttribute(segment, "title", words);
			setAttribute(segment, "aria-label", words);
		});
	}

	#tile(tile, stream, connection, history) {
		tile.className = `tile ${waitsFor(stream)}`;
		tile.dataset.stream = stream.id;
		setText(part(tile, "name"), `${stream.method} #${stream.id}`);
		setText(part(tile, "age"), time(seconds(stream.age)));
		setAttribute(part(tile, "age"), "title", `${stream.state}, for so long`);
		say(part(tile, "path"), stream.path);
		setText(part(tile, "wait"), waitInWords(stream));
		setText(part(tile, "moved"), [
			stream.sentBytes > 0 && `${size(stream.sentBytes)} sent`,
			stream.receivedBytes > 0 && `${size(stream.receivedBytes)} received`,
			stream.unreadBytes > 0 && `${size(stream.unreadBytes)} unread`,
		].filter(Boolean).join(", ") || "no content yet");
		this.#windows(tile, stream, `${connection.id} ${stream.id}`, history, () => initialSendWindow(connection),
				() => initialReceiveWindow(connection));
	}

	#rememberEnded(look) {
		const now = new Map();
		for (const connection of look.pool.origins.flatMap((origin) => origin.connections)) {
			const open = new Set(connection.streams.map((stream) => stream.id));
			const gone = (this.#before.get(connection.id) ?? []).filter((stream) => !open.has(stream.id));
			const kept = (this.#ended.get(connection.id) ?? []).filter((each) => look.at - each.at < ENDED_STAYS_MILLIS);
			this.#ended.set(connection.id, [...kept, ...gone.map((stream) => ({ stream, at: look.at }))]);
			now.set(connection.id, connection.streams);
		}
		for (const id of [...this.#ended.keys()].filter((id) => !now.has(id))) {
			this.#ended.delete(id);
		}
		this.#before = now;
	}

	#events(history) {
		byId("no-events").hidden = history.events.length > 0;
		each(byId("events"), history.events, (event) => event.number, element("li", "event"), (line, event) => {
			line.dataset.severity = event.severity;
			const at = new Date(event.at).toLocaleTimeString("en-GB");
			setText(line, `${at}  ${event.severity === "info" ? "" : `${SEVERITY_SIGNS[event.severity]}: `}${event.text}`);
		});
	}

}

function waitInWords(stream) {
	if (stream.waitingFor === null) {
		return "moves";
	}
	const names = { "application not reading": "waits for this application to read",
		"request body": "waits for this application to write" };
	const words = names[stream.waitingFor] ?? `waits for ${stream.waitingFor}`;
	return `${words}, ${time(seconds(stream.waiting))}`;
}

function aboutConnection(connection) {
	return [
		connection.tls ? `${connection.protocol}, ${connection.tls.version}` : `${connection.protocol}, no TLS`,
		connection.remoteAddress && `to ${connection.remoteAddress}`,
		connection.proxy && "by a proxy",
		`${time(seconds(connection.age))} old`,
		connection.activeStreams === 0 && `idle for ${time(seconds(connection.idle))}`,
		connection.diagnostics.pingRoundTrip
				&& `ping ${(seconds(connection.diagnostics.pingRoundTrip) * 1_000).toFixed(1)} ms`,
	].filter(Boolean).join(" · ");
}

function troubles(connection, pool) {
	const { goAway, diagnostics } = connection;
	const leaving = pool?.leaving[connection.id];
	return [
		goAway && `GOAWAY ${goAway.code}, last stream ${goAway.lastStreamId}${goAway.debug ? `: ${goAway.debug}` : ""}`,
		leaving && `takes no new calls: ${leaving}`,
		diagnostics.inDoubt && "a ping must be answered before new calls are sent",
		diagnostics.pingsInFlight > 0 && `${count(diagnostics.pingsInFlight, "ping")} without an answer, nothing read for `
				+ time(seconds(diagnostics.lastRead)),
		seconds(diagnostics.writeStalled) > 0 && `the socket has taken nothing for ${time(seconds(diagnostics.writeStalled))}`,
		diagnostics.writeError && `a write failed: ${diagnostics.writeError}`,
		diagnostics.endedBy && `ends: ${diagnostics.endedBy}`,
	].filter(Boolean).join(" · ");
}

function recently(recent) {
	const parts = [
		recent.goAways > 0 && `${count(recent.goAways, "connection")} retired by GOAWAY`,
		recent.calmed > 0 && `${recent.calmed} of them with ENHANCE_YOUR_CALM`,
		recent.lost > 0 && `${count(recent.lost, "connection")} lost`,
		recent.replays > 0 && `${count(recent.replays, "call")} sent again`,
	].filter(Boolean);
	if (parts.length === 0) {
		return null;
	}
	const latest = recent.latest ? `; latest ${time(seconds(recent.latestAgo))} ago: ${recent.latest}` : "";
	return `In the last minute: ${parts.join(", ")}${latest}`;
}
