// The cells of the matrix, wide and narrow: one tab stop, and arrow keys within.
import { html, useRef, useState } from "./lib.js";
import { effect, extent, narrowing, plural, short, statusTone } from "./format.js";

/** Grows with each fourfold, as in the coverage report: 1, 2, 8, 32, 128. */
const heat = (n) => (n === 0 ? 0 : Math.min(5, 1 + Math.floor((Math.floor(Math.log2(n)) + 1) / 2)));

const kinds = {
  "documented": "",
  "documented-only": "documented, but the real server never answers it",
  "known": "not documented, but the real server can answer it; no coverage cell",
};

/** What an operation can answer, as cells. */
export function cellsOf(operation) {
  return operation.statuses.map((s) => ({ operation, status: s.status, kind: s.kind, covers: s.cell, errors: s.errors }));
}

/** What a cell does not say itself. */
function describe(v) {
  const parts = [];
  if (v.active) {
    const what = v.active.sequence ? `${effect(v.active)}, ` : "";
    if (v.next) parts.push("comes next");
    parts.push(`${v.armed ? "in force" : "not yet in force"}: ${what}${extent(v.active, v.stands)}${narrowing(v.active) && `, only ${narrowing(v.active)}`}`);
  }
  if (v.cell.covers) parts.push(v.met ? `met ${plural(v.met, "time")}: ${v.counts.injected} injected, ${v.counts.real} real${v.counts.after ? `, ${v.counts.after} after the change` : ""}` : "not met yet");
  const missed = v.met && v.counts.variants.length > 1 ? v.counts.variants.filter((one) => one.injected + one.real === 0) : [];
  if (missed.length > 0) parts.push(`of its errors not met: ${missed.map((one) => one.error).join(", ")}`);
  if (kinds[v.cell.kind]) parts.push(kinds[v.cell.kind]);
  return parts.join("; ");
}

function Cell({ view: v, selected, onPress, onOpen, stop, showStatus }) {
  const { operation, status, kind, covers } = v.cell;
  const inside = v.label || (v.met && !showStatus ? short(v.met) : "");
  const classes = ["cell", `tone-${statusTone(status)}`, kind];
  if (v.armed) classes.push("armed");
  else if (v.active) classes.push("waiting");
  if (covers) classes.push(`heat-${heat(v.met)}`);
  if (v.next) classes.push("next");
  if (selected) classes.push("selected");
  const open = (event) => {
    event.preventDefault();
    onOpen(v);
  };
  return html`<button type="button" class=${classes.join(" ")} aria-pressed=${String(Boolean(v.active))} title=${describe(v)}
    data-cell=${`${operation.id}-${status}`} onClick=${() => onPress(v)} onContextMenu=${open} ...${stop}>
    <span class="offscreen">${operation.id} </span><span class=${showStatus ? "cell-status" : "offscreen"}>${status} </span>
    <span class="cell-label">${inside}</span>
    ${v.met > 0 && (v.label || showStatus) && html`<span class="cell-count"> ${short(v.met)}</span>`}
  </button>`;
}

/** Delays and cut connections, which belong to no status. */
function RowBadges({ rules, standingOf }) {
  return rules.map((rule) => [rule, standingOf(rule)]).filter(([, { state }]) => state === "active" || state === "scheduled")
    .map(([rule, stands]) => html`<span key=${rule.id} class=${`badge ${stands.state === "active" ? "info" : ""}`} title=${`rule ${rule.id}: ${effect(rule)}, ${extent(rule, stands)}`}>${effect(rule)}${stands.state === "scheduled" ? ", soon" : ""}</span>`);
}

/** A head that switches all that stands behind it. */
function Head({ whole, name, kind = "", onWhole, stop, children }) {
  const open = (event) => {
    event.preventDefault();
    onWhole(whole, true);
  };
  return html`<button type="button" class=${`head ${kind} ${whole.on ? "on" : ""}`} aria-pressed=${String(whole.on)} aria-label=${name} title=${whole.title}
    data-whole=${whole.id} onClick=${() => onWhole(whole)} onContextMenu=${open} ...${stop}>${children}</button>`;
}

const OperationName = ({ operation }) =>
  html`<span class="operation"><span class=${`method ${operation.method.toLowerCase()}`}>${operation.method}</span><span class="operation-id">${operation.id}</span></span>`;

const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * One tab stop for a grid of buttons, of which not every place is taken: arrows
 * lead to the next in their direction, Home and End to the ends of the row, with
 * Ctrl of the grid. The focus stays where it was when it comes back.
 */
export function useRoving(rows, columns, first) {
  const ground = useRef();
  const [at, move] = useState(first);
  const find = (row, column) => ground.current.querySelector(`[data-at="${row} ${column}"]`);
  const walk = (row, column, [down, right]) => {
    for (let r = row + down, c = column + right; r >= 0 && r < rows && c >= 0 && c < columns; r += down, c += right) {
      const found = find(r, c);
      if (found) return found;
    }
    return null;
  };
  const target = (event, row, column) => {
    if (steps[event.key]) return walk(row, column, steps[event.key]);
    const [r, back] = event.ctrlKey ? [rows - 1, 0] : [row, row];
    if (event.key === "End") return walk(r, columns, [0, -1]);
    return event.key === "Home" ? walk(back, -1, [0, 1]) : null;
  };
  const onKeyDown = (event) => {
    const place = event.target.closest("[data-at]")?.dataset.at;
    if (!place || !(steps[event.key] || event.key === "Home" || event.key === "End")) return;
    event.preventDefault();
    target(event, ...place.split(" ").map(Number))?.focus();
  };
  const onFocusIn = (event) => move(event.target.closest("[data-at]")?.dataset.at ?? at);
  return {
    grid: { ref: ground, onKeyDown, onFocusIn },
    stop: (row, column) => ({ "data-at": `${row} ${column}`, tabIndex: `${row} ${column}` === at ? 0 : -1 }),
  };
}

export function WideMatrix({ rows, columns, viewOf, badges, wholes, standingOf, selected, onPress, onOpen, onWhole, caption }) {
  const { grid, stop } = useRoving(rows.length + 1, columns.length + 1, "1 0");
  return html`<div class="matrix-scroll">
    <table class="matrix" role="grid" aria-label=${caption} ...${grid}>
      <thead><tr><th scope="col" class="matrix-corner"><${Head} whole=${wholes.everything} name="Operation: everything" onWhole=${onWhole} stop=${stop(0, 0)}>Operation<//></th>
        ${columns.map((c, i) => html`<th key=${c} scope="col" class=${`matrix-status tone-${statusTone(c)}`}><${Head} whole=${wholes.column(c)} onWhole=${onWhole} stop=${stop(0, i + 1)}>${c}<//></th>`)}</tr></thead>
      <tbody>${rows.map((operation, row) => {
        const byStatus = new Map(cellsOf(operation).map((c) => [c.status, c]));
        return html`<tr key=${operation.id}>
          <th scope="row"><${Head} whole=${wholes.row(operation)} kind="row" onWhole=${onWhole} stop=${stop(row + 1, 0)}><${OperationName} operation=${operation} /><//><span class="operation-path" title=${operation.path}>${operation.path}</span><${RowBadges} rules=${badges(operation)} standingOf=${standingOf} /></th>
          ${columns.map((c, i) => html`<td key=${c}>${byStatus.has(c) && html`<${Cell} view=${viewOf(byStatus.get(c))} selected=${selected === `${operation.id} ${c}`} onPress=${onPress} onOpen=${onOpen} stop=${stop(row + 1, i + 1)} />`}</td>`)}
        </tr>`;
      })}</tbody>
    </table></div>`;
}

export function NarrowMatrix({ rows, columns, viewOf, badges, wholes, standingOf, selected, onPress, onOpen, onWhole, caption }) {
  const { grid, stop } = useRoving(rows.length + 1, columns.length + 1, "1 0");
  const named = [["everything", wholes.everything, "all"], ...columns.map((c) => [c, wholes.column(c), c])];
  return html`<ul class="matrix-list" aria-label=${caption} ...${grid}>
    <li><h3>All operations</h3><div class="matrix-chips wholes">${named.map(([key, whole, text], i) => html`<${Head} key=${key} whole=${whole} kind=${`chip tone-${statusTone(key)}`} onWhole=${onWhole} stop=${stop(0, i)}>${text}<//>`)}</div></li>
    ${rows.map((operation, row) => html`<li key=${operation.id}>
    <h3><${Head} whole=${wholes.row(operation)} kind="row" onWhole=${onWhole} stop=${stop(row + 1, 0)}><${OperationName} operation=${operation} /><//></h3><p class="operation-path">${operation.path} <${RowBadges} rules=${badges(operation)} standingOf=${standingOf} /></p>
    <div class="matrix-chips">${cellsOf(operation).sort((a, b) => a.status - b.status).map((c, i) => html`<${Cell} key=${c.status} view=${viewOf(c)} showStatus
      selected=${selected === `${operation.id} ${c.status}`} onPress=${onPress} onOpen=${onOpen} stop=${stop(row + 1, i + 1)} />`)}</div></li>`)}</ul>`;
}
