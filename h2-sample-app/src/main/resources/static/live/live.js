/*
 * Asks the endpoint twice a second while somebody looks, and makes traffic if told to. One question at a time: a slow
 * answer slows the page down and not the application.
 */

import { ENDPOINT } from "./endpoint.js";
import { History, time } from "./model.js";
import { View } from "./view.js";

const EVERY_MILLIS = 500;

const AFTER_FAILURE_MILLIS = 2_000;

const ANSWER_WITHIN_MILLIS = 5_000; // the endpoint waits for nobody, so it is not slow but away

const history = new History();

const view = new View();

let paused = false;

let timer = null; // the next question, null while one is under way or if none is to come

let asking = false;

let lastSeen = null;

async function ask(path) {
	let response;
	try {
		response = await fetch(path, {
			headers: { Accept: "application/json" },
			cache: "no-store",
			signal: AbortSignal.timeout(ANSWER_WITHIN_MILLIS),
		});
	}
	catch (failure) {
		throw new Error(failure.name === "TimeoutError" ? `${path} has not answered within ${time(ANSWER_WITHIN_MILLIS / 1_000)}.`
				: "The application cannot be reached. Has it stopped?");
	}
	if (response.status === 404) {
		throw new Error(`There is no ${path}. Is h2pool in management.endpoints.web.exposure.include, on this port?`);
	}
	if (response.status === 401 || response.status === 403) {
		throw new Error(`${path} is not for everybody: sign in to the application, then look here again.`);
	}
	if (!response.ok) {
		throw new Error(`${path} has answered ${response.status}.`);
	}
	return response.json();
}

async function look() {
	asking = true;
	timer = null;
	let wait = EVERY_MILLIS;
	try {
		const [pool, diagnosis] = await Promise.all([ask(ENDPOINT), ask(`${ENDPOINT}/diagnosis`)]);
		const seen = { at: Date.now(), pool, diagnosis };
		history.add(seen);
		lastSeen = seen.at;
		view.unreachable(null);
		view.show(seen, history);
	}
	catch (failure) {
		wait = AFTER_FAILURE_MILLIS;
		const known = lastSeen ? ` What you see is ${time((Date.now() - lastSeen) / 1_000)} old.` : "";
		view.unreachable(`✖ ${failure.message}${known} Trying again every ${time(AFTER_FAILURE_MILLIS / 1_000)}.`);
	}
	asking = false;
	tellFreshness();
	next(wait);
}

function next(wait) {
	if (!paused && !document.hidden && !asking && timer === null) {
		timer = setTimeout(look, wait);
	}
}

function stop() {
	clearTimeout(timer);
	timer = null;
}

function tellFreshness() {
	const at = lastSeen ? new Date(lastSeen).toLocaleTimeString("en-GB") : null;
	view.freshness(paused ? `Paused${at ? ` at ${at}` : ""}` : at ? `as of ${at}` : "");
}

function setPaused(pause) {
	paused = pause;
	const button = document.getElementById("pause");
	button.setAttribute("aria-pressed", String(paused));
	button.textContent = paused ? "Go on" : "Pause";
	tellFreshness();
	if (paused) {
		stop();
	}
	else {
		next(0);
	}
}

/** Calls one of the application's own examples; its button rests until the answer is there. */
async function makeTraffic(button) {
	const told = document.getElementById("told");
	const name = button.textContent;
	button.disabled = true;
	told.textContent = `${name}: under way`;
	try {
		const response = await fetch(button.dataset.call, { cache: "no-store" });
		const answer = await response.text();
		told.textContent = response.ok ? `${name}: ${inWords(answer)}` : `${name}: refused. ${reason(answer)}`;
	}
	catch {
		told.textContent = `${name}: the application cannot be reached.`;
	}
	finally {
		button.disabled = false;
	}
}

/** "calls 100, failed 0" for a flat JSON object; a stream of events is only counted. Of this page nobody need be told. */
function inWords(answer) {
	if (!answer.startsWith("{")) {
		return `done, ${answer.split("\n").filter((line) => line.startsWith("data:")).length} events`;
	}
	return Object.entries(JSON.parse(answer))
		.filter(([key, value]) => value !== null && key !== "see")
		.map(([key, value]) => `${key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${value}`)
		.join(", ");
}

function reason(answer) {
	try {
		return JSON.parse(answer).detail ?? "";
	}
	catch {
		return "";
	}
}

document.getElementById("pause").addEventListener("click", () => setPaused(!paused));
document.getElementById("traffic").addEventListener("click", (event) => {
	const button = event.target.closest("button[data-call]");
	if (button) {
		makeTraffic(button);
	}
});
document.addEventListener("visibilitychange", () => {
	if (document.hidden) {
		stop();
	}
	else {
		next(0);
	}
});
look();
