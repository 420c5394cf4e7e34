// What the page knows of the world, and how it stays true: everything is read
// once, and again when the stream of events says that it has changed.
import { calmly, store } from "./lib.js";
import { ask, token, whenUnauthorized } from "./http.js";

export const model = store({
  overview: null,
  operations: [],
  connections: [], // the faults of a connection
  faults: [],
  faultTotal: 0,
  windows: [],
  coverage: null,
  scenarios: [],
  worlds: null, // null where worlds cannot be managed
  reactions: null,
  expectations: null,
  clock: null, // {mode, now, at}: at is when this was true, by performance.now
  stateVersion: 0, // rises when processes may have changed
  live: "connecting", // or live, lost, ended: there is no such world, or no longer
  lostAt: 0, // since when it is lost, by Date.now
  locked: "", // "asked" or "refused": the server wants a token, or another one
});

const everything = "?per_page=5000";

// What an event tells is newer than an answer that was asked for before it.
let clockTold = 0; // how often
const told = new Map(); // rules by id, since rules were asked for last
const latest = (rule) => told.get(rule.id) ?? rule;

async function overview() {
  const before = clockTold;
  const seen = await ask("GET", "");
  model.set({ overview: seen });
  if (clockTold === before) setClock(seen.clock);
}

async function operations() {
  const table = await ask("GET", `/operations${everything}`);
  model.set({ operations: table.resources, connections: table.connections });
}

async function faults() {
  told.clear();
  const [rules, windows] = await Promise.all([ask("GET", `/faults${everything}`), ask("GET", `/clock/windows${everything}`)]);
  model.set({ faults: rules.resources.map(latest), faultTotal: rules.pagination.total_results, windows: windows.resources });
}

async function worlds() {
  try {
    model.set({ worlds: (await ask("GET", `/worlds${everything}`)).resources });
  } catch (error) {
    if (error.status !== 404) throw error;
    model.set({ worlds: null }); // a world with a port of its own
  }
}

async function evidence() {
  const [reactions, expectations] = await Promise.all([ask("GET", "/reactions"), ask("GET", "/expectations")]);
  model.set({ reactions, expectations });
}

/** Each reads its part of the model again, soon and not too often. */
export const refresh = {
  overview: calmly(400, overview),
  faults: calmly(250, faults),
  coverage: calmly(250, async () => model.set({ coverage: await ask("GET", "/coverage") })),
  scenarios: calmly(1000, async () => model.set({ scenarios: (await ask("GET", `/scenarios${everything}`)).resources })),
  worlds: calmly(1000, worlds),
  evidence: calmly(1000, evidence),
  operations: calmly(1000, operations),
};

export function refreshAll() {
  for (const again of Object.values(refresh)) again();
  model.set({ stateVersion: model.get().stateVersion + 1 });
}

function setClock({ mode, now }) {
  model.set({ clock: { mode, now: Date.parse(now), at: performance.now() } });
}

/** Takes what an event tells of the clock. */
export function tellClock(clock) {
  clockTold++;
  setClock(clock);
}

/** Takes what an event tells of rules. */
export function tellRules(rules) {
  for (const rule of rules) told.set(rule.id, rule);
  model.set({ faults: model.get().faults.map(latest) });
}

/** The world's time at this moment, in milliseconds. */
export function worldTime(clock) {
  return clock.mode === "frozen" ? clock.now : clock.now + (performance.now() - clock.at);
}

/** Asks the reader for a token. */
export function lock() {
  const refused = token.get() !== "" || model.get().locked === "refused";
  token.forget();
  model.set({ locked: refused ? "refused" : "asked" });
}

whenUnauthorized(lock);

/** The operations that a rule is about, of the table. */
function operationsOf(rule, operations) {
  const named = rule.match?.operations;
  if (!named) return operations.filter((op) => !op.supporting);
  return operations.filter((op) => named.includes("*") || named.includes(op.id));
}

/** The statuses that a rule can answer. */
function statusesOf(rule) {
  const list = new Set();
  for (const step of rule.sequence ?? []) {
    if (step.status) list.add(step.status);
    else if (!step.pass && rule.respond?.status) list.add(rule.respond.status);
  }
  if (!rule.sequence && rule.respond?.status) list.add(rule.respond.status);
  return [...list];
}

/** Rules by "operation status", the newest first; those that answer no status of
 * their own, such as delays and cut connections, by "operation". */
export function rulesByCell(faults, operations) {
  const cells = new Map();
  const add = (key, rule) => cells.set(key, [...(cells.get(key) ?? []), rule]);
  for (const rule of faults) {
    const statuses = statusesOf(rule);
    for (const op of operationsOf(rule, operations)) {
      for (const status of statuses) add(`${op.id} ${status}`, rule);
      if (statuses.length === 0) add(op.id, rule);
    }
  }
  return cells;
}

/** Where the world's time stands to a window: before, open or over. */
export function windowState(window, now) {
  if (!window || now < Date.parse(window.from)) return window ? "before" : "open";
  return window.until && now >= Date.parse(window.until) ? "over" : "open";
}

/**
 * How a rule stands at this moment: {state, begins, ends, lasts}. The state is
 * off, spent, scheduled, active or over; the others are milliseconds, where its
 * window says so.
 */
export function standing(rule, window, now) {
  const ends = window?.until ? Date.parse(window.until) - now : undefined;
  const begins = window ? Date.parse(window.from) - now : 0;
  const where = { before: "scheduled", open: "active", over: "over" }[windowState(window, now)];
  const state = rule.enabled === false ? "off" : rule.remaining === 0 ? "spent" : where;
  return { state, begins, ends, lasts: ends === undefined ? undefined : ends - begins };
}
