// What no client has met yet, as buttons that arm it once, and what was met, down
// to errors, faults of the connection and phases.
import { html, useRef, useState, useStore } from "./lib.js";
import { act, clearRule, putRule } from "./actions.js";
import { model, standing } from "./model.js";
import { plural, short, statusTone } from "./format.js";
import { Button } from "./ui.js";

const once = { times: 1 };
const met = (counts) => counts.injected + counts.real;

/** What arms something of an operation once: {id, rule, name}. */
const armed = (operation, name, parts) => ({ id: `${operation}-${name.replace(/[^\w.@~-]+/g, "-")}-once`, name, rule: { match: { operations: [operation] }, when: once, ...parts } });

const ofCell = (operation, { status }) => armed(operation, String(status), { respond: { status } });
const ofError = (operation, { status }, v, i) => armed(operation, `${status} ${v.error}${v.detail ? ` ${i + 1}` : ""}`, { respond: { status, error: v.error, ...(v.detail && { detail: v.detail }) } });
const ofPhase = (operation, { status }) => armed(operation, `${status} after`, { respond: { status }, apply: "after" });
const ofConnection = (operation, { connection }) => armed(operation, connection, { connection });

/** All that is not met of an operation, the successes aside, in turn. */
function inTurn(operation, cells) {
  return { id: `${operation}-uncovered`, name: "all, in turn", rule: { match: { operations: [operation] }, sequence: cells.map(({ status }) => ({ status })), repeat: "none" } };
}

/** A button that arms something, and takes it away again. */
function Arm({ of, children, kind = "cell", tone = "none", ...rest }) {
  const rule = useStore(model, (m) => m.faults.find((r) => r.id === of.id));
  const live = rule && ["active", "scheduled"].includes(standing(rule).state);
  const [operation] = of.rule.match.operations;
  const press = () => act(live ? clearRule(rule) : putRule({ id: of.id, ...of.rule }, `${operation} now answers ${of.name}${of.rule.when ? ", once" : ""}`, { ...clearRule({ id: of.id }), undo: undefined }));
  return html`<button type="button" class=${`${kind} arm tone-${tone} ${live ? "armed" : ""}`} aria-pressed=${String(Boolean(live))} aria-label=${`Arm ${of.name}, of ${operation}${of.rule.when ? ", once" : ""}`} data-arm=${of.id} onClick=${press} ...${rest}>${children}</button>`;
}

const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** One tab stop for a list of buttons that come and go. */
function useOneStop(ids) {
  const ground = useRef();
  const [at, move] = useState("");
  const stop = ids.includes(at) ? at : ids[0];
  const onKeyDown = (event) => {
    const now = ids.indexOf(event.target.dataset.arm);
    const next = { Home: 0, End: ids.length - 1 }[event.key] ?? (steps[event.key] ? now + steps[event.key] : -1);
    if (now < 0 || !ids[next]) return;
    event.preventDefault();
    ground.current.querySelector(`[data-arm="${ids[next]}"]`).focus();
  };
  const onFocusIn = (event) => event.target.dataset.arm && move(event.target.dataset.arm);
  return { list: { ref: ground, onKeyDown, onFocusIn }, tab: (id) => ({ tabIndex: id === stop ? 0 : -1 }) };
}

/** The documented answers that nobody has met. */
export function Uncovered({ coverage }) {
  const rows = coverage.operations.map((row) => ({ ...row, missed: row.cells.filter((cell) => met(cell) === 0) })).filter((row) => row.missed.length > 0)
    .map((row) => ({ ...row, errors: row.missed.filter((cell) => cell.status >= 400) }));
  const { list, tab } = useOneStop(rows.flatMap((row) => [...row.errors.map((cell) => ofCell(row.id, cell).id), ...(row.errors.length > 1 ? [inTurn(row.id, row.errors).id] : [])]));
  if (rows.length === 0) return html`<p>Every documented answer was met.</p>`;
  return html`<p class="muted">A click arms an answer for the next request, once; again takes it back. Successes are met by requests that succeed.</p>
    <ul class="uncovered" aria-label="Not covered yet" ...${list}>${rows.map((row) => html`<li key=${row.id}><span class="uncovered-name">${row.id}</span>
      <span class="uncovered-chips">${row.missed.filter((cell) => cell.status < 400).map((cell) => html`<span key=${cell.status} class="cell sample" title="a request that succeeds meets it">${cell.status}</span>`)}
        ${row.errors.map((cell) => {
          const of = ofCell(row.id, cell);
          return html`<${Arm} key=${of.id} of=${of} tone=${statusTone(cell.status)} ...${tab(of.id)}>${cell.status}<//>`;
        })}
        ${row.errors.length > 1 && html`<${Arm} of=${inTurn(row.id, row.errors)} kind="button quiet small" ...${tab(inTurn(row.id, row.errors).id)}>all, in turn<//>`}</span></li>`)}</ul>`;
}

/** A line of what was met: its counts, and a button for what was not. */
function Line({ name, detail, counts, of, inner }) {
  return html`<tr class=${inner ? "inner" : ""}><th scope="row">${name}${detail && html`<span class="muted"> ${detail}</span>`}</th>
    ${["real", "injected", "after"].map((key) => html`<td key=${key} class="num">${counts[key] === undefined ? "" : counts[key] > 0 ? short(counts[key]) : html`<span class="muted">0</span>`}</td>`)}
    <td class="arm-cell">${of && html`<${Arm} of=${of} kind="button small">Once<//>`}</td></tr>`;
}

/** All ways in which an operation can be met. */
function Variants({ row, changes }) {
  const lines = row.cells.flatMap((cell) => {
    const many = cell.variants.length > 1;
    return [
      html`<${Line} key=${cell.status} name=${html`<span class=${`status-code tone-${statusTone(cell.status)}`}>${cell.status}</span>`} detail=${many ? "" : cell.variants[0]?.error ?? ""} counts=${cell} of=${cell.status >= 400 && ofCell(row.id, cell)} />`,
      ...(many ? cell.variants.map((v, i) => html`<${Line} key=${`${cell.status} ${i}`} inner name=${v.error || "a body of a rule’s own"} detail=${v.detail} counts=${v} of=${v.error && ofError(row.id, cell, v, i)} />`) : []),
      changes && cell.status >= 400 && html`<${Line} key=${`${cell.status} after`} inner name="after the change was made" counts=${{ after: cell.after }} of=${ofPhase(row.id, cell)} />`,
    ];
  });
  return html`<table class="variants"><caption class="offscreen">What was met of ${row.id}</caption><thead><tr><th scope="col">Answer</th><th scope="col" class="num">Real</th><th scope="col" class="num">Injected</th><th scope="col" class="num">After</th><th scope="col"><span class="offscreen">Arm</span></th></tr></thead>
    <tbody>${lines}${row.connections.map((c) => html`<${Line} key=${c.connection} name=${html`<code>${c.connection}</code>`} detail="of the connection" counts=${c} of=${ofConnection(row.id, c)} />`)}</tbody></table>`;
}

function Operation({ row, changes }) {
  const [open, setOpen] = useState(false);
  const covered = row.cells.filter((cell) => met(cell) > 0).length;
  const errors = row.cells.flatMap((cell) => cell.variants);
  const words = [`${covered} of ${plural(row.cells.length, "answer")}`, `${errors.filter((v) => met(v) > 0).length} of ${plural(errors.length, "error")}`, `${row.connections.filter((c) => met(c) > 0).length} of ${plural(row.connections.length, "socket fault")}`];
  return html`<details class="covered" onToggle=${(e) => setOpen(e.target.open)}><summary>${row.id} <span class="muted num">${words.join(", ")}</span></summary>
    ${open && html`<${Variants} row=${row} changes=${changes} />`}</details>`;
}

/** What was met, operation by operation. */
export function Covered({ coverage }) {
  const operations = useStore(model, (m) => m.operations);
  const changes = new Set(operations.filter((op) => op.method !== "GET").map((op) => op.id));
  return coverage.operations.map((row) => html`<${Operation} key=${row.id} row=${row} changes=${changes.has(row.id)} />`);
}
