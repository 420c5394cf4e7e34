// The journal as the page shows it: a bounded list of summaries, the newest
// first. A request's headers and bodies are asked for when it is opened.
import { store } from "./lib.js";
import { ask } from "./http.js";
import { model, refresh } from "./model.js";

const kept = 10_000; // rows that the page remembers
const pageSize = 200;

export const noFilter = { operation: "", status: "", injected: "", q: "" };

export const journal = store({
  rows: [],
  total: 0, // that the server has for the filter
  skipped: 0, // that came too fast to be shown
  filter: noFilter,
  paused: false,
  waiting: 0, // that came while paused
  loading: false,
  complete: false, // nothing older is left
  comparing: 0, // the request that another one is chosen for
});

/** What a row needs to know of a request. */
export function summary(view) {
  return {
    id: view.id,
    time: view.wall_time,
    operation: view.operation,
    method: view.request.method,
    path: view.request.path + (view.request.query ? `?${view.request.query}` : ""),
    status: view.response.status,
    cut: view.connection_fault ?? "",
    held: view.held ?? false, // decided, its answer is held back
    until: view.held_until,
    injected: view.injected,
    applied: view.applied,
    rule: view.rule,
    latency: view.latency_ms,
    user: view.client.user,
    agent: view.client.user_agent,
    violations: view.violations === "unknown" ? 0 : view.violations.length,
    warnings: view.warnings.length,
  };
}

function query(filter) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value !== "") params.set(name, value);
  return params;
}

let reading = 0; // tells the answer of an older question from that of the newest

// What an answer and the stream say of the same requests is put together by
// their ids, which rise by one: it does not matter which of the two comes first,
// nor how much of the stream was too fast to be shown.
let base = { id: 0, total: 0, listed: 0 }; // as of the newest answer; id null: its list was empty
let newest = 0; // id of the newest request that the stream told of
let told = 0; // id of the newest request of the stream: one that is not above it comes again, with its answer
let meanwhile = null; // rows that the stream brings while an answer is awaited

/** Reads the newest requests of the filter. */
export async function reload() {
  const mine = ++reading;
  const { filter } = journal.get();
  pending.length = 0;
  lost = 0;
  meanwhile = [];
  journal.set({ loading: true });
  const params = query(filter);
  params.set("per_page", pageSize);
  try {
    const page = await ask("GET", `/requests?${params}`);
    if (mine !== reading) return;
    const total = page.pagination.total_results;
    const rows = page.resources.map(summary);
    base = { id: rows[0]?.id ?? null, total, listed: 0 };
    newest = base.id ?? 0;
    journal.set({ rows, total, skipped: 0, waiting: 0, loading: false, complete: rows.length >= total });
    const came = meanwhile;
    meanwhile = null;
    if (came.length > 0) add(came, 0);
  } catch {
    if (mine !== reading) return;
    meanwhile = null;
    journal.set({ loading: false });
  }
}

/** Reads further back. */
export async function older() {
  const { rows, filter, skipped, loading, complete } = journal.get();
  if (loading || complete || rows.length === 0 || rows.length >= kept) return;
  const mine = reading;
  journal.set({ loading: true });
  const params = query(filter);
  params.set("per_page", pageSize);
  // Without a filter ids tell how many are above, wherever those were that came
  // too fast to be shown.
  const above = query(filter).size === 0 ? newest - rows.at(-1).id + 1 : rows.length + skipped;
  params.set("page", Math.floor(above / pageSize) + 1);
  try {
    const page = await ask("GET", `/requests?${params}`);
    if (mine !== reading) return;
    const now = journal.get().rows;
    const oldest = now.at(-1)?.id ?? Infinity;
    const more = page.resources.filter((view) => view.id < oldest).map(summary);
    const all = [...now, ...more].slice(0, kept);
    journal.set({ rows: all, loading: false, complete: page.resources.length === 0 || !page.pagination.next });
  } catch {
    if (mine === reading) journal.set({ loading: false });
  }
}

export function setFilter(change) {
  journal.set({ filter: { ...journal.get().filter, ...change } });
  reload();
}

export function setPaused(paused) {
  journal.set({ paused });
  if (!paused) reload();
}

/** Shows all requests as they come again, for those who look elsewhere. */
export function unfiltered() {
  const { filter, paused } = journal.get();
  if (!paused && query(filter).size === 0) return;
  journal.set({ filter: noFilter, paused: false });
  reload();
}

function matches(view, { operation, status, injected, q }) {
  if (operation && view.operation !== operation) return false;
  if (status && view.response.status !== Number(status)) return false;
  if (injected && String(view.injected) !== injected) return false;
  if (!q) return true;
  const { request, response, rule } = view;
  const texts = [`${request.method} ${request.path}`, request.query, rule, view.operation, request.body, response.body];
  for (const headers of [request.headers, response.headers]) {
    for (const [name, values] of Object.entries(headers)) texts.push(`${name}: ${values.join(", ")}`);
  }
  return texts.some((text) => text.toLowerCase().includes(q.toLowerCase()));
}

// What came since the last frame. A hidden page has no frames: then the buffer
// is bounded, and what it loses counts as skipped.
let pending = [];
let lost = 0;
let scheduled = false;
const buffer = 2000;

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(flush);
}

function flush() {
  scheduled = false;
  const batch = pending;
  const missed = lost;
  pending = [];
  lost = 0;
  if (batch.length === 0 && missed === 0) return;
  if (model.get().faults.some((rule) => rule.step)) refresh.faults(); // a step that lets pass is told by nobody
  const now = journal.get();
  if (now.paused) {
    journal.set({ waiting: now.waiting + batch.filter((row) => !row.again).length + missed });
    return;
  }
  meanwhile?.push(...batch);
  add(batch, missed);
}

/** Puts rows, the oldest first, on top of the list; so many more were missed. */
function add(batch, missed) {
  const now = journal.get();
  if (base.id === null && batch.length > 0) base.id = batch[0].id - 1 - missed;
  const top = now.rows[0]?.id ?? base.id ?? 0;
  const fresh = batch.filter((row) => row.id > top).reverse();
  newest = Math.max(newest, fresh[0]?.id ?? 0);
  base.listed += fresh.length;
  const rows = [...fresh, ...completed(now, batch.filter((row) => row.again && row.id <= top))];
  const change = { rows: rows.length > kept ? rows.slice(0, kept) : rows, complete: now.complete && missed === 0 && rows.length <= kept };
  if (query(now.filter).size === 0 && base.id !== null) {
    const since = Math.max(0, newest - base.id);
    journal.set({ ...change, total: base.total + since, skipped: since - base.listed });
  } else {
    // How many of those that were missed the filter would let through is not known.
    journal.set({ ...change, total: now.total + fresh.length });
  }
}

/** The list with requests that came again: in their places, or where the filter
 * did not let them through as long as they were held. */
function completed({ rows, filter }, again) {
  if (again.length === 0) return rows;
  const byID = new Map(again.map((row) => [row.id, row]));
  const known = new Set(rows.map((row) => row.id));
  const late = query(filter).size > 0 ? again.filter((row) => !known.has(row.id) && row.id > (rows.at(-1)?.id ?? 0)) : [];
  return [...rows.map((row) => byID.get(row.id) ?? row), ...late].sort((a, b) => b.id - a.id);
}

/** Takes an event about requests. */
export function onRequest(event) {
  refresh.coverage();
  refresh.overview();
  if (event.cleared) {
    reload();
    return;
  }
  if (event.skipped) {
    lost += event.skipped;
    schedule();
    return;
  }
  const again = event.id <= told;
  told = Math.max(told, event.id);
  if (!matches(event, journal.get().filter)) return;
  if (pending.length >= buffer) {
    pending.shift();
    lost++;
  }
  pending.push({ ...summary(event), again });
  schedule();
}
