// The matrix: what each operation will answer, and what clients have met.
import { html, useEffect, useMedia, useMemo, useState, useStore, useTick } from "./lib.js";
import { inForce, model, rulesByCell, windowState, worldTime } from "./model.js";
import { act, clearRule, clearToggle, ruleOnly, setToggle } from "./actions.js";
import { effect, extent, narrowing, plural, short, statusTone } from "./format.js";
import { Button, Choice, Empty } from "./ui.js";
import { Drawer } from "./drawer.js";
import { FaultPanel, bodyOf, commandOf, draftOf, noDraft } from "./fault.js";
import { Latest } from "./requests.js";

/** Grows with each fourfold, as in the coverage report: 1, 2, 8, 32, 128. */
const heat = (n) => (n === 0 ? 0 : Math.min(5, 1 + Math.floor((Math.floor(Math.log2(n)) + 1) / 2)));

const kinds = {
  "documented": "",
  "documented-only": "documented, but the real server never answers it",
  "known": "not documented, but the real server can answer it; no coverage cell",
};

/** What is to be seen of a cell. */
function view(cell, rules, counts, windows, now) {
  const active = rules.find(inForce);
  const state = active ? windowState(windows.get(active.id), now) : "none";
  const met = (counts?.injected ?? 0) + (counts?.real ?? 0);
  let label = "";
  if (state === "before") label = "soon";
  else if (state === "over") label = "over";
  else if (active?.remaining > 0) label = `×${short(active.remaining)}`;
  else if (active?.when?.probability !== undefined) label = `${Math.round(active.when.probability * 100)}%`;
  else if (active && narrowing(active)) label = "some";
  else if (active) label = "on";
  return { cell, active, armed: state === "open", label, met, counts, toggled: rules.find((r) => r.id === `${cell.operation.id}-${cell.status}`) };
}

/** What a cell does not say itself. */
function describe(v) {
  const { kind } = v.cell;
  const parts = [];
  if (v.active) parts.push(`in force: ${extent(v.active)}${narrowing(v.active) && `, only ${narrowing(v.active)}`}`);
  if (v.cell.covers) parts.push(v.met ? `met ${plural(v.met, "time")}: ${v.counts.injected} injected, ${v.counts.real} real${v.counts.after ? `, ${v.counts.after} after the change` : ""}` : "not met yet");
  const missed = v.met && v.counts.variants.length > 1 ? v.counts.variants.filter((one) => one.injected + one.real === 0) : [];
  if (missed.length > 0) parts.push(`of its errors not met: ${missed.map((one) => one.error).join(", ")}`);
  if (kinds[kind]) parts.push(kinds[kind]);
  return parts.join("; ");
}

function Cell({ view: v, selected, onPress, showStatus }) {
  const { operation, status, kind, covers } = v.cell;
  const inside = v.label || (v.met && !showStatus ? short(v.met) : "");
  const classes = ["cell", `tone-${statusTone(status)}`, kind];
  if (v.armed) classes.push("armed");
  else if (v.active) classes.push("waiting");
  if (covers) classes.push(`heat-${heat(v.met)}`);
  if (selected) classes.push("selected");
  return html`<button type="button" class=${classes.join(" ")} aria-pressed=${String(Boolean(v.active))} title=${describe(v)}
    data-cell=${`${operation.id}-${status}`} onClick=${() => onPress(v)}>
    <span class="offscreen">${operation.id} </span><span class=${showStatus ? "cell-status" : "offscreen"}>${status} </span>
    <span class="cell-label">${inside}</span>
    ${v.met > 0 && (v.label || showStatus) && html`<span class="cell-count"> ${short(v.met)}</span>`}
  </button>`;
}

/** Delays and cut connections, which belong to no status. */
function RowBadges({ rules }) {
  return rules.filter(inForce).map((rule) => html`<span key=${rule.id} class="badge info" title=${`rule ${rule.id}: ${effect(rule)}`}>${effect(rule)}</span>`);
}

const OperationName = ({ operation }) =>
  html`<span class="operation"><span class=${`method ${operation.method.toLowerCase()}`}>${operation.method}</span><span class="operation-id">${operation.id}</span></span>`;

function cellsOf(operation) {
  return operation.statuses.map((s) => ({ operation, status: s.status, kind: s.kind, covers: s.cell, errors: s.errors }));
}

function WideMatrix({ rows, columns, viewOf, badges, selected, onPress, caption }) {
  return html`<div class="matrix-scroll" tabindex="0" role="region" aria-label=${caption}>
    <table class="matrix"><caption class="offscreen">${caption}</caption>
      <thead><tr><th scope="col" class="matrix-corner">Operation</th>
        ${columns.map((c) => html`<th key=${c} scope="col" class=${`matrix-status tone-${statusTone(c)}`}>${c}</th>`)}</tr></thead>
      <tbody>${rows.map((operation) => {
        const byStatus = new Map(cellsOf(operation).map((c) => [c.status, c]));
        return html`<tr key=${operation.id}>
          <th scope="row"><${OperationName} operation=${operation} /><span class="operation-path" title=${operation.path}>${operation.path}</span><${RowBadges} rules=${badges(operation)} /></th>
          ${columns.map((c) => html`<td key=${c}>${byStatus.has(c) && html`<${Cell} view=${viewOf(byStatus.get(c))} selected=${selected === `${operation.id} ${c}`} onPress=${onPress} />`}</td>`)}
        </tr>`;
      })}</tbody>
    </table></div>`;
}

function NarrowMatrix({ rows, viewOf, badges, selected, onPress }) {
  return html`<ul class="matrix-list">${rows.map((operation) => html`<li key=${operation.id}>
    <h3><${OperationName} operation=${operation} /></h3><p class="operation-path">${operation.path} <${RowBadges} rules=${badges(operation)} /></p>
    <div class="matrix-chips">${cellsOf(operation).sort((a, b) => a.status - b.status).map((c) => html`<${Cell} key=${c.status} view=${viewOf(c)} showStatus
      selected=${selected === `${operation.id} ${c.status}`} onPress=${onPress} />`)}</div></li>`)}</ul>`;
}

function Legend() {
  return html`<dl class="legend" aria-label="Legend">
    <div><dt><span class="cell sample tone-warn armed">on</span></dt><dd>will be answered</dd></div>
    <div><dt><span class="cell sample heat-1">1</span><span class="cell sample heat-3">12</span><span class="cell sample heat-5">200</span></dt><dd>met by clients, so many times</dd></div>
    <div><dt><span class="cell sample heat-0"></span></dt><dd>documented, not met yet</dd></div>
    <div><dt><span class="cell sample documented-only"></span></dt><dd>documented, never real</dd></div>
    <div><dt><span class="cell sample known"></span></dt><dd>undocumented, but real</dd></div>
  </dl>`;
}

/** How often a press of a cell injects. */
function Press({ extentDraft, onChange }) {
  return html`<div class="press">
    <${Choice} label="A click injects" name="press" value=${extentDraft.mode} onChange=${(mode) => onChange({ ...extentDraft, mode })}
      options=${[["always", "until cleared"], ["once", "once"], ["times", "N times"]]} />
    ${extentDraft.mode === "times" && html`<label class="press-times"><span class="offscreen">How many times</span>
      <input type="number" min="1" max="1000000" value=${extentDraft.times} onInput=${(e) => onChange({ ...extentDraft, times: e.target.value })} /></label>`}
  </div>`;
}

function Rules({ faults, total, windows, now, onAdjust }) {
  if (total === 0) {
    return html`<${Empty} title="Nothing is injected">Every request gets the answer the real server would give. Click a cell of the matrix to change that.<//>`;
  }
  const clearAll = () => act({ method: "DELETE", path: "/faults", command: ["fault", "clear"], says: "All rules are gone", after: ["faults"],
    undo: { method: "POST", path: "/faults", body: [...faults].reverse().map(ruleOnly), command: null, says: "All rules are back", after: ["faults"] } });
  return html`<ul class="rules">${faults.slice(0, 50).map((rule) => html`<li key=${rule.id} class=${inForce(rule) ? "" : "spent"}>
      <div class="rule-text"><strong class="rule-id">${rule.id}</strong>
        <span class="rule-effect">${effect(rule)}</span>
        <span class="muted">${extent(rule)}${windowState(windows.get(rule.id), now) === "before" ? ", not yet" : ""}${windowState(windows.get(rule.id), now) === "over" ? ", over" : ""}${rule.enabled === false ? ", switched off" : ""}</span>
        ${narrowing(rule) && html`<span class="muted">only ${narrowing(rule)}</span>`}
        <span class="muted num">${short(rule.injected)} injected of ${short(rule.matched)} matched</span></div>
      <div class="rule-actions">${onAdjust(rule) && html`<${Button} kind="quiet small" label=${`Adjust ${rule.id}`} onClick=${onAdjust(rule)}>Adjust<//>`}
        <${Button} kind="quiet small" label=${`Clear ${rule.id}`} onClick=${() => act(clearRule(rule))}>Clear<//></div>
    </li>`)}</ul>
    ${total > 50 && html`<p class="muted">and ${total - 50} more</p>`}
    ${total > 1 && html`<${Button} kind="quiet clear-all" onClick=${clearAll}>Clear all ${total}<//>`}`;
}

const keyOf = (cell) => `${cell.operation.id} ${cell.status}`;

/** All that the matrix shows, from what the page knows of the world. */
function useAnswers() {
  const operations = useStore(model, (m) => m.operations);
  const faults = useStore(model, (m) => m.faults);
  const coverage = useStore(model, (m) => m.coverage);
  const windowList = useStore(model, (m) => m.windows);
  const clock = useStore(model, (m) => m.clock);
  const timed = windowList.some((w) => w.until || w.from !== w.set);
  useTick(1000, timed && clock?.mode === "real");

  const now = clock ? worldTime(clock) : 0;
  const windows = useMemo(() => new Map(windowList.map((w) => [w.rule, w])), [windowList]);
  const byCell = useMemo(() => rulesByCell(faults, operations), [faults, operations]);
  const counts = useMemo(() => new Map((coverage?.operations ?? []).flatMap((row) => row.cells.map((c) => [`${row.id} ${c.status}`, c]))), [coverage]);
  const cells = useMemo(() => new Map(operations.flatMap(cellsOf).map((c) => [keyOf(c), c])), [operations]);
  const rulesOf = (key) => byCell.get(key) ?? [];
  const viewOf = (cell) => view(cell, rulesOf(keyOf(cell)), counts.get(keyOf(cell)), windows, now);
  return { operations, faults, windows, now, cells, rulesOf, viewOf };
}

/** What a press of a cell does: it sets its toggle, or clears it. Null when a
 * rule from elsewhere answers, which a click must not take away unseen. */
function pressed(v, press) {
  const { operation, status, errors } = v.cell;
  if (v.toggled && inForce(v.toggled)) {
    return clearToggle(operation.id, status, setToggle(operation.id, status, ruleOnly(v.toggled), commandOf(operation.id, status, draftOf(v.toggled), errors)));
  }
  if (v.active) return null;
  const draft = { ...noDraft, ...press };
  return setToggle(operation.id, status, bodyOf(draft), commandOf(operation.id, status, draft, errors), clearToggle(operation.id, status));
}

/** Other operations, drawn when they are asked for. */
function Supporting({ rows, draw }) {
  const [open, setOpen] = useState(false);
  if (rows.length === 0) return null;
  return html`<details class="supporting" onToggle=${(e) => setOpen(e.target.open)}><summary>Supporting operations: login, apps, spaces (${rows.length})</summary>
    <p class="muted">They can be made to fail by name; they do not count for coverage.</p>
    ${open && draw(rows, "Supporting operations and the statuses they can answer")}</details>`;
}

/** On a page without room beside the matrix: which cell was pressed, and more. */
function SelectedBar({ view: v, onAdjust, onClose }) {
  const { operation, status } = v.cell;
  return html`<div class="selected-bar"><span role="status"><strong>${operation.id}</strong> ${v.armed ? "answers" : "no longer answers"} ${status}</span>
    <${Button} onClick=${onAdjust}>Adjust<//><${Button} kind="quiet" label="Close" onClick=${onClose}>✕<//></div>`;
}

export function Matrix() {
  const { operations, faults, windows, now, cells, rulesOf, viewOf } = useAnswers();
  const total = useStore(model, (m) => m.faultTotal);
  const narrow = useMedia("(max-width: 760px)");
  const railed = useMedia("(min-width: 1180px)");
  const [selected, select] = useState(null);
  const [adjusting, adjust] = useState(false); // in a drawer, where there is no rail
  const [press, setPress] = useState({ mode: "always", times: "3" });
  useEffect(() => { if (railed) adjust(false); }, [railed]);

  const onPress = (v) => {
    select(keyOf(v.cell));
    const action = pressed(v, press);
    if (action) act({ ...action, quiet: !railed });
    else adjust(!railed);
  };
  const onAdjust = (rule) => {
    const key = rule.id.replace(/-(?=\d+$)/, " ");
    return cells.has(key) && (() => {
      select(key);
      adjust(!railed);
    });
  };
  const close = () => {
    select(null);
    adjust(false);
  };

  const draw = (rows, caption) => {
    const shared = { rows, viewOf, selected, onPress, badges: (operation) => rulesOf(operation.id) };
    if (narrow) return html`<${NarrowMatrix} ...${shared} />`;
    const columns = [...new Set(rows.flatMap((op) => op.statuses.map((s) => s.status)))].sort((a, b) => a - b);
    return html`<${WideMatrix} ...${shared} columns=${columns} caption=${caption} />`;
  };
  const cell = cells.get(selected);
  const panel = cell && html`<${FaultPanel} key=${selected} view=${viewOf(cell)} rules=${rulesOf(selected)} framed=${!railed} onClose=${close} />`;

  return html`<div class="with-rail">
    <section class="main" aria-labelledby="matrix-title">
      <div class="section-head"><div><h1 id="matrix-title">Answers</h1>
        <p class="lead">Click a cell to make an operation answer that status. Click it again to clear it.</p></div>
        <${Press} extentDraft=${press} onChange=${setPress} /></div>
      ${draw(operations.filter((op) => !op.supporting), "The process operations and the statuses they can answer")}
      <${Legend} />
      <${Supporting} rows=${operations.filter((op) => op.supporting)} draw=${draw} />
    </section>
    <aside class="rail" aria-label="What is in force">
      ${railed && panel}
      <section class="card"><h2>In force</h2>
        <${Rules} faults=${faults} total=${total} windows=${windows} now=${now} onAdjust=${onAdjust} /></section>
      <section class="card"><h2>Latest requests</h2><${Latest} /></section>
    </aside>
    ${!railed && cell && html`<${SelectedBar} view=${viewOf(cell)} onAdjust=${() => adjust(true)} onClose=${close} />`}
    ${!railed && adjusting && cell && html`<${Drawer} title=${`${cell.operation.id} ${cell.status}`} onClose=${() => adjust(false)}>${panel}<//>`}
  </div>`;
}
