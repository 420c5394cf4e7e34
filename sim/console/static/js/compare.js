// Two worlds side by side: what differs of their state, their rules and what
// clients have met in them.
import { html, useEffect, useMedia, useState, useStore } from "./lib.js";
import { ask } from "./http.js";
import { model, refresh } from "./model.js";
import { effect, plural, statusTone } from "./format.js";
import { ruleOnly } from "./actions.js";
import { Field } from "./ui.js";
import { List } from "./list.js";
import { Drawer } from "./drawer.js";
import { dress } from "./dress.js";

const isObject = (value) => typeof value === "object" && value !== null;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const identity = (item) => item?.guid ?? item?.name ?? item?.id ?? item?.index;
const label = (item) => [item?.name, item?.type].filter(Boolean).join(" ") || String(identity(item));

/** The items of a list by what identifies them; null when nothing does. */
function byIdentity(list) {
  const known = new Map(list.map((item) => [identity(item), item]));
  return known.size === list.length && !known.has(undefined) ? known : null;
}

/** Collects where two values differ: {place, here, there}. */
function differences(here, there, place, into) {
  if (same(here, there)) return into;
  const lists = Array.isArray(here) && Array.isArray(there) && [byIdentity(here), byIdentity(there)];
  if (lists && lists[0] && lists[1]) {
    for (const key of new Set([...lists[0].keys(), ...lists[1].keys()])) {
      const [a, b] = [lists[0].get(key), lists[1].get(key)];
      differences(a, b, [...place, label(a ?? b)], into);
    }
  } else if (isObject(here) && isObject(there) && !lists && Array.isArray(here) === Array.isArray(there)) {
    for (const key of new Set([...Object.keys(here), ...Object.keys(there)])) differences(here[key], there[key], [...place, key], into);
  } else {
    into.push({ key: into.length, place: place.join(" / "), here, there });
  }
  return into;
}

const apart = ["faults", "progress", "name", "description"]; // told elsewhere, or no state

const everything = "?per_page=5000";

async function readWorld(world, signal) {
  const [state, faults, coverage] = await Promise.all(["/state", `/faults${everything}`, "/coverage"].map((path) => ask("GET", path, undefined, { world, signal })));
  for (const key of apart) delete state[key];
  return { state, rules: new Map(faults.resources.map((rule) => [rule.id, ruleOnly(rule)])), cells: new Map(coverage.operations.flatMap((row) => row.cells.map((c) => [`${row.id} ${c.status}`, c.injected + c.real]))) };
}

const times = /(^|\/ )(created_at|updated_at|since|started_at)$/;

function differencesOf(here, there) {
  const rules = [...new Set([...here.rules.keys(), ...there.rules.keys()])].map((id) => ({ id, here: here.rules.get(id), there: there.rules.get(id) })).filter((r) => !same(r.here, r.there));
  const cells = [...here.cells].map(([key, n]) => ({ key, here: n, there: there.cells.get(key) ?? 0 })).filter((c) => (c.here > 0) !== (c.there > 0));
  return { state: differences(here.state, there.state, [], []), rules, cells };
}

const text = (value) => (value === undefined ? "left out" : typeof value === "string" ? value : JSON.stringify(value));
const short = (value) => text(value).slice(0, 300);

const wide = (row) => html`<span role="gridcell" class="d-place" title=${row.place}>${row.place}</span><span role="gridcell" class="mono" title=${short(row.here)}>${short(row.here)}</span><span role="gridcell" class="mono" title=${short(row.there)}>${short(row.there)}</span>`;

const narrow = (row) => html`<span role="gridcell" class="d-place">${row.place}</span><span role="gridcell" class="mono">${short(row.here)}</span><span role="gridcell" class="mono">${short(row.there)}</span>`;

function State({ list: all, names }) {
  const [timed, setTimed] = useState(false);
  const list = timed ? all : all.filter((row) => !times.test(row.place));
  const slim = useMedia("(max-width: 760px)");
  const [open, setOpen] = useState(null);
  const header = ["Place", ...names].map((name) => html`<span key=${name} role="columnheader">${name}</span>`);
  return html`${list.length < all.length || timed ? html`<label class="check"><input type="checkbox" checked=${timed} onChange=${(e) => setTimed(e.target.checked)} /><span>times too (${all.filter((row) => times.test(row.place)).length})</span></label>` : ""}
    ${list.length > 0 && html`<div class=${list.length <= 6 ? "few" : ""}><${List} label="Differences of state" rows=${list} height=${slim ? 66 : 34} keyOf=${(row) => row.key} draw=${slim ? narrow : wide} header=${slim ? null : header} columns=${3} onOpen=${setOpen} /></div>`}
    <div role="status">${open && html`<dl class="facts">${[["Place", open.place], [names[0], open.here], [names[1], open.there]].map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd class="mono">${text(value).slice(0, 20_000)}</dd></div>`)}</dl>`}</div>`;
}

function Rules({ list, names }) {
  const shown = (rule) => (rule ? html`${effect(rule)}<code class="rule-json">${JSON.stringify({ match: rule.match, when: rule.when })}</code>` : html`<span class="muted">not set</span>`);
  return html`<table class="compared"><caption class="offscreen">Rules that differ</caption><thead><tr><th scope="col">Rule</th>${names.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
    <tbody>${list.slice(0, 200).map((r) => html`<tr key=${r.id}><th scope="row">${r.id}</th><td>${shown(r.here)}</td><td>${shown(r.there)}</td></tr>`)}</tbody></table>${list.length > 200 && html`<p class="muted">and ${list.length - 200} more</p>`}`;
}

function Cells({ list, names }) {
  const only = (is, name) => list.some(is) && html`<div><h4>Only in ${name}</h4><p class="badges">${list.filter(is).map((c) => {
    const [operation, status] = c.key.split(" ");
    return html`<span key=${c.key} class=${`status-code tone-${statusTone(Number(status))}`}>${operation} ${status}</span>`;
  })}</p></div>`;
  return html`${only((c) => c.here > 0, names[0])}${only((c) => c.there > 0, names[1])}`;
}

/** The panel; id is compare, or compare/WORLD. */
export function Compare({ id, onClose }) {
  const worlds = useStore(model, (m) => m.worlds) ?? [];
  const here = useStore(model, (m) => m.overview?.world);
  const others = worlds.map((w) => w.name).filter((name) => name !== here);
  const [, asked = ""] = /^compare\/?(.*)$/s.exec(id) ?? [];
  const [chosen, choose] = useState(asked);
  const other = chosen || others[0];
  const [found, setFound] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    dress("compare.css");
    refresh.worlds();
  }, []);
  useEffect(() => {
    if (!other || !here) return undefined;
    setProblem("");
    setFound(null);
    const stop = new AbortController();
    Promise.all([undefined, other].map((world) => readWorld(world, stop.signal))).then(
      ([a, b]) => { if (!stop.signal.aborted) setFound(differencesOf(a, b)); },
      (error) => { if (!stop.signal.aborted) setProblem(error.message); },
    );
    return () => stop.abort();
  }, [here, other]);
  const names = [here, other];
  const timed = found ? found.state.filter((row) => times.test(row.place)).length : 0;
  const places = found && [found.state.length > timed && plural(found.state.length - timed, "place"), timed > 0 && plural(timed, "time")].filter(Boolean).join(", ");
  const parts = found && [["State", found.state.length, places, State, found.state], ["Rules", found.rules.length, found.rules.length, Rules, found.rules], ["Coverage", found.cells.length, plural(found.cells.length, "answer"), Cells, found.cells]];
  return html`<${Drawer} title=${other ? `${here} beside ${other}` : "Two worlds"} kind="wide" onClose=${onClose}>
    ${others.length > 0 && html`<${Field} label="Beside"><select value=${other} onChange=${(e) => choose(e.target.value)}>${others.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select><//>`}
    ${!other && html`<p class="notice info">There is no other world. Take a snapshot of this one, or create one.</p>`}
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${found && html`<p class="notice info" role="status">${parts.every(([, n]) => n === 0) ? "They are alike." : `They differ in ${parts.filter(([, n]) => n > 0).map(([name, , words]) => `${name.toLowerCase()} (${words})`).join(", ")}.`}</p>
      ${parts.map(([name, n, , Part, list]) => n > 0 && html`<section key=${name}><h3>${name}</h3><${Part} list=${list} names=${names} /></section>`)}`}<//>`;
}
