// The matrix: what each operation will answer, and what clients have met.
import { html, useEffect, useMedia, useMemo, useState, useStore, useTick } from "./lib.js";
import { model, rulesByCell, standing, worldTime } from "./model.js";
import { act, clearToggle, ruleOnly, setToggle } from "./actions.js";
import { narrowing, short, stepsOf } from "./format.js";
import { Button, Choice, useLoaded } from "./ui.js";
import { Drawer } from "./drawer.js";
import { bodyOf, commandOf, draftOf, noDraft } from "./draft.js";
import { NarrowMatrix, WideMatrix, cellsOf } from "./grid.js";
import { Rules } from "./inforce.js";
import { Latest } from "./latest.js";
import { wholesOf, withoutCell } from "./whole.js";

/** At which steps of a sequence a status is answered, as "#1,2". */
function places(rule, status) {
  const at = stepsOf(rule).flatMap((step, i) => (step === status ? [i + 1] : []));
  return `#${at.slice(0, 2).join(",")}${at.length > 2 ? "…" : ""}`;
}

/** What an active rule is in the room of a cell. */
function label(rule, status) {
  if (rule.sequence) return places(rule, status);
  if (rule.remaining > 0) return `×${short(rule.remaining)}`;
  if (rule.when?.probability !== undefined) return `${Math.round(rule.when.probability * 100)}%`;
  return narrowing(rule) ? "some" : "on";
}

/** What is to be seen of a cell: the rule that decides, or else the next to do so. */
function view(cell, rules, counts, standingOf) {
  const active = rules.find((r) => standingOf(r).state === "active") ?? rules.find((r) => standingOf(r).state === "scheduled");
  const stands = active && standingOf(active);
  const armed = stands?.state === "active";
  return {
    cell, active, stands, armed, counts, next: armed && active.step > 0 && stepsOf(active)[active.step - 1] === cell.status, met: (counts?.injected ?? 0) + (counts?.real ?? 0),
    label: armed ? label(active, cell.status) : active ? "soon" : "", toggled: rules.find((r) => r.id === `${cell.operation.id}-${cell.status}`),
  };
}

function Legend() {
  return html`<dl class="legend" aria-label="Legend">
    <div><dt><span class="cell sample tone-warn armed">on</span></dt><dd>will be answered</dd></div>
    <div><dt><span class="cell sample tone-warn armed">#2</span></dt><dd>step of a sequence</dd></div>
    <div><dt><span class="cell sample heat-1">1</span><span class="cell sample heat-3">12</span><span class="cell sample heat-5">200</span></dt><dd>met so often</dd></div>
    <div><dt><span class="cell sample heat-0"></span></dt><dd>not met yet</dd></div>
    <div><dt><span class="cell sample documented-only"></span></dt><dd>documented, never real</dd></div>
    <div><dt><span class="cell sample known"></span></dt><dd>undocumented, real</dd></div>
  </dl>`;
}

const atFirst = { mode: "always", times: "3", seconds: "", percent: "" };

/** The draft of a press. */
function pressDraft({ mode, times, seconds, percent }) {
  return { ...noDraft, mode: mode === "open" ? "always" : mode, times: Number(times) >= 1 ? String(Math.floor(times)) : "1",
    until: Number(seconds) > 0 ? `${seconds}s` : "", probability: percent !== "" && percent >= 0 && percent <= 100 ? percent : "" };
}

/** What a press of a cell or a head injects. */
function Press({ press, onChange }) {
  const count = (key, name, words, rest) => html`<label class="press-field"><span>${words[0]}</span><input type="number" aria-label=${name} value=${press[key]} onInput=${(e) => onChange({ ...press, [key]: e.target.value })} ...${rest} /><span>${words[1]}</span></label>`;
  return html`<div class="press">
    <${Choice} label="A click injects" name="press" value=${press.mode} onChange=${(mode) => onChange({ ...press, mode })}
      options=${[["always", "every time"], ["once", "once"], ["times", "N times"], ["open", "nothing, it opens"]]} />
    ${press.mode === "times" && count("times", "How many times", ["", "times"], { min: 1, max: 1_000_000 })}
    ${count("seconds", "For how many seconds", ["for", "s"], { min: 0, step: "any", placeholder: "∞" })}
    ${count("percent", "Chance in percent", ["chance", "%"], { min: 0, max: 100, step: "any", placeholder: "100" })}
  </div>`;
}

const panelOfCell = async () => (await import("./fault.js")).FaultPanel;

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
  const standingOf = (rule) => standing(rule, windows.get(rule.id), now);
  const rulesOf = (key) => byCell.get(key) ?? [];
  const viewOf = (cell) => view(cell, rulesOf(keyOf(cell)), counts.get(keyOf(cell)), standingOf);
  return { operations, faults, cells, standingOf, rulesOf, viewOf };
}

/** What a press of a cell does: it sets its toggle, or clears it, or takes the
 * cell out of its row or column. Null when a rule from elsewhere answers, which a
 * click must not take away unseen. */
function pressed(v, draft, inForce) {
  const { operation, status, errors } = v.cell;
  if (v.toggled && inForce(v.toggled)) {
    return clearToggle(operation.id, status, setToggle(operation.id, status, ruleOnly(v.toggled), commandOf(operation.id, status, draftOf(v.toggled), errors)));
  }
  if (v.active) return withoutCell(v.active, v.cell);
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
  return html`<div class="selected-bar"><span role="status"><strong>${operation.id}</strong> ${v.armed ? "answers" : v.active ? "will answer" : "does not answer"} ${status}</span>
    <${Button} onClick=${onAdjust}>Adjust<//><${Button} kind="quiet" label="Close" onClick=${onClose}>✕<//></div>`;
}

export function Matrix() {
  const { operations, faults, cells, standingOf, rulesOf, viewOf } = useAnswers();
  const total = useStore(model, (m) => m.faultTotal);
  const narrow = useMedia("(max-width: 760px)");
  const railed = useMedia("(min-width: 1180px)");
  const [selected, select] = useState(null);
  const [adjusting, adjust] = useState(false); // in a drawer, where there is no rail
  const [press, setPress] = useState(atFirst);
  const draft = pressDraft(press);
  const inForce = (rule) => ["active", "scheduled"].includes(standingOf(rule).state);
  useEffect(() => { if (railed) adjust(false); }, [railed]);

  const open = (key) => {
    select(key);
    adjust(!railed);
  };
  const onOpen = (v) => open(keyOf(v.cell));
  const onPress = (v) => {
    const action = press.mode === "open" ? null : pressed(v, draft, inForce);
    if (!action) return onOpen(v);
    select(keyOf(v.cell));
    return act({ ...action, quiet: !railed });
  };
  const onAdjust = (rule) => {
    const key = rule.id.replace(/-(?=\d+$)/, " ");
    return cells.has(key) && (() => open(key));
  };
  const close = () => {
    select(null);
    adjust(false);
  };

  const onWhole = (whole, opens = press.mode === "open") => {
    close();
    if (opens) location.hash = whole.opens;
    else whole.press();
  };

  const draw = (rows, caption) => {
    const columns = [...new Set(rows.flatMap((op) => op.statuses.map((s) => s.status)))].sort((a, b) => a - b);
    const wholes = wholesOf(rows, faults, inForce, draft);
    const shared = { rows, columns, caption, viewOf, wholes, standingOf, selected, onPress, onOpen, onWhole, badges: (operation) => rulesOf(operation.id) };
    return rows.length > 0 && html`<${narrow ? NarrowMatrix : WideMatrix} ...${shared} />`;
  };
  const cell = cells.get(selected);
  const Panel = useLoaded(cell ? panelOfCell : null);
  const panel = cell && Panel && html`<${Panel} key=${selected} view=${viewOf(cell)} rules=${rulesOf(selected)} standingOf=${standingOf} framed=${!railed} onClose=${close} />`;

  return html`<div class="with-rail">
    <section class="main" aria-labelledby="matrix-title">
      <div class="section-head"><div><h1 id="matrix-title">Answers</h1>
        <p class="lead">Click a cell, a status or an operation to make it answer so, again to clear it. A right click or a long press opens it.</p></div>
        <${Press} press=${press} onChange=${setPress} /></div>
      <${Legend} />
      ${draw(operations.filter((op) => !op.supporting), "The process operations and the statuses they can answer")}
      <${Supporting} rows=${operations.filter((op) => op.supporting)} draw=${draw} />
    </section>
    <aside class="rail" aria-label="What is in force">
      <section class=${`card ${railed && panel ? "short" : ""}`}><h2>In force</h2>
        <${Rules} faults=${faults} total=${total} standingOf=${standingOf} onAdjust=${onAdjust} /></section>
      ${railed && panel}
      <section class="card"><h2>Latest requests</h2><${Latest} /></section>
    </aside>
    ${!railed && cell && html`<${SelectedBar} view=${viewOf(cell)} onAdjust=${() => adjust(true)} onClose=${close} />`}
    ${!railed && adjusting && cell && html`<${Drawer} title=${`${cell.operation.id} ${cell.status}`} onClose=${() => adjust(false)}>${panel}<//>`}
  </div>`;
}
