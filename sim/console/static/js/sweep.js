// A sweep report, from a file that the reader chooses or drops: the matrix of its
// cells, and its findings, each of which opens.
import { html, useEffect, useRef, useState } from "./lib.js";
import { isObject, number, plural } from "./format.js";
import { Badge, Button, Command } from "./ui.js";
import { Drawer } from "./drawer.js";
import { useRoving } from "./grid.js";
import { dress } from "./dress.js";

const marks = { bug: ["✕", "bad"], warning: ["!", "warn"], note: ["i", "info"], good: ["✓", "ok"], not_reached: ["·", "none"], accepted: ["a", "none"] };
const worstFirst = ["bug", "warning", "note"];
const most = 64 << 20; // bytes of a file

const isText = (value) => typeof value === "string";
const wanted = "expected sweep.json, as capisim sweep --out DIR writes it";

/** What every cell must have, and what is expected there. */
const parts = { operation: [isText, "the id of an operation"], answer: [isText, "a status or a fault of the connection"], mode: [isText, "a mode such as once"],
  grade: [(value) => value in marks, `one of ${Object.keys(marks).slice(0, 5).join(", ")}`], verdicts: [Array.isArray, "a list"], requests: [Array.isArray, "a list"], sentence: [isText, "a text"], output: [isText, "a text"] };

const found = (value) => (value === undefined ? "left out" : JSON.stringify(value).slice(0, 60));

/** Reads a report; throws an Error that names the one thing that is wrong. */
function read(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch (error) {
    throw new Error(`it is not JSON (${error.message}), ${wanted}`);
  }
  if (!isObject(report) || !Array.isArray(report.cells)) throw new Error(`it has no list “cells”, ${wanted}`);
  if (report.version !== 1) throw new Error(`version: ${found(report.version)}, expected 1; another capisim has written it`);
  if (!Array.isArray(report.command) || !isObject(report.summary)) throw new Error(`it has no “command” and “summary”, ${wanted}`);
  report.cells.forEach((cell, i) => {
    for (const [key, [good, expected]] of Object.entries(parts)) {
      if (!isObject(cell) || !good(cell[key])) throw new Error(`cells[${i}].${key}: ${found(cell?.[key])}, expected ${expected}`);
    }
  });
  return report;
}

const gradeOf = (cell) => (isText(cell.accepted) ? "accepted" : cell.grade);
const nameOf = (cell) => `${cell.operation} ${cell.answer}, ${cell.mode}`;
const isStatus = (answer) => /^\d/.test(answer);

/** Statuses before names, each in their order. */
const byAnswer = (a, b) => isStatus(b) - isStatus(a) || a.localeCompare(b);

function Matrix({ cells, chosen, onChoose }) {
  const answers = [...new Set(cells.map((c) => c.answer))].sort(byAnswer);
  const rows = [...Map.groupBy(cells, (c) => c.operation).values()].flatMap((own) => [...Map.groupBy(own, (c) => c.mode).values()]);
  const { grid, stop } = useRoving(rows.length, answers.length, `0 ${answers.findIndex((a) => rows[0].some((c) => c.answer === a))}`);
  return html`<div class="sweep-scroll"><table class="sweep" role="grid" aria-label="Each way to fail" ...${grid}>
    <thead><tr><th scope="col">Operation</th><th scope="col">Mode</th>${answers.map((a) => html`<th key=${a} scope="col">${a}</th>`)}</tr></thead>
    <tbody>${rows.map((row, r) => html`<tr key=${r}><th scope="row" title=${row[0].operation}>${row[0].operation}</th><td class="muted">${row[0].mode}</td>${answers.map((a, c) => {
      const cell = row.find((one) => one.answer === a);
      if (!cell) return html`<td key=${a}></td>`;
      const [mark, tone] = marks[gradeOf(cell)];
      return html`<td key=${a}><button type="button" class=${`sweep-cell ${tone} ${cell === chosen ? "chosen" : ""}`} aria-label=${`${nameOf(cell)}: ${gradeOf(cell)}`} title=${`${nameOf(cell)}: ${cell.verdicts.join(", ")}`} onClick=${() => onChoose(cell)} ...${stop(r, c)}>${mark}</button></td>`;
    })}</tr>`)}</tbody></table></div>`;
}

const exitOf = ({ exit }) => (typeof exit === "number" ? `exit ${exit}` : exit === "timeout" ? "killed at the limit" : `ended by a ${found(exit).slice(1, -1)}`);

/** All that is known of the run of a cell. */
function Run({ cell }) {
  const again = `capisim sweep --only ${cell.operation}:${cell.answer} --modes ${cell.mode.split(" ")[0]} -- COMMAND`;
  return html`<div class="run">
    <p class="num muted">${plural(cell.attempts ?? 0, "attempt")}, ${exitOf(cell)}${isText(cell.accepted) ? `; accepted: ${cell.accepted}` : ""}</p>
    <h4>Requests</h4>${cell.requests.length === 0 ? html`<p class="muted">none</p>` : html`<ol class="sent">${cell.requests.map((q, i) => html`<li key=${i}><strong>${String(q?.operation)}</strong> <span class="num">${q?.status || "no answer"}</span>${q?.injected && html` <${Badge} tone="info">injected<//>`}${q?.applied && html` <${Badge} tone="warn">changed the state<//>`}</li>`)}</ol>`}
    <h4>Output</h4><pre class="body" tabindex="0" aria-label="Output of the client">${cell.output || "none"}</pre>
    <${Command} name="again" text=${again} />${isText(cell.bundle) && html`<p class="muted">Bundle: <code>${cell.bundle}</code></p>`}</div>`;
}

const Line = ({ cell }) => html`<${Badge} tone=${marks[gradeOf(cell)][1]}>${gradeOf(cell).replace("_", " ")}<//> <strong>${cell.operation}</strong> ${cell.answer}, ${cell.mode} <span class="muted">${cell.verdicts.join(", ")}</span>
  ${cell.sentence && html`<span class="sentence">${cell.sentence}</span>`}`;

function Finding({ cell }) {
  const [open, setOpen] = useState(false);
  return html`<details class="finding" onToggle=${(e) => setOpen(e.target.open)}><summary><${Line} cell=${cell} /></summary>${open && html`<${Run} cell=${cell} />`}</details>`;
}

function Report({ report }) {
  const [chosen, choose] = useState(null);
  const shown = useRef();
  useEffect(() => { if (chosen) shown.current.scrollIntoView({ block: "nearest" }); }, [chosen]);
  const findings = worstFirst.flatMap((grade) => report.cells.filter((cell) => gradeOf(cell) === grade));
  const counts = [...worstFirst, "good", "accepted", "not_reached"].map((grade) => [grade, report.cells.filter((cell) => gradeOf(cell) === grade).length]);
  return html`<section><h3>${plural(report.cells.length, "way")} to fail</h3><p><code>${report.command.join(" ")}</code></p>
      <p class="badges">${counts.map(([grade, n]) => html`<${Badge} key=${grade} tone=${n > 0 ? marks[grade][1] : "none"}>${marks[grade][0]} ${number(n)} ${grade.replace("_", " ")}<//>`)}</p>
      ${report.not_run > 0 && html`<p class="notice warn">${plural(report.not_run, "cell was", "cells were")} not run.</p>`}
      ${report.cells.length > 0 && html`<${Matrix} cells=${report.cells} chosen=${chosen} onChoose=${choose} />`}
      <div ref=${shown} role="status">${chosen && html`<div class="chosen-run"><p><${Line} cell=${chosen} /></p><${Run} cell=${chosen} /></div>`}</div></section>
    <section><h3>Findings</h3>${findings.length === 0 ? html`<p>None: every cell was handled as it should be.</p>` : findings.map((cell) => html`<${Finding} key=${nameOf(cell)} cell=${cell} />`)}
      <p><a href="../admin/docs/sweep" target="_blank">What the verdicts mean, and how to mend each</a></p></section>`;
}

let kept = null; // {name, report}: the last one that was opened, when the panel opens again

/** The panel in which a report is opened. */
export function Sweep({ onClose }) {
  const [opened, setOpened] = useState(kept);
  const [mistake, setMistake] = useState("");
  const [over, setOver] = useState(false);
  const picker = useRef();
  useEffect(() => dress("sweep.css"), []);
  const take = async (file) => {
    if (!file) return;
    try {
      if (file.size > most) throw new Error(`it has ${number(file.size)} bytes, expected at most ${number(most)}`);
      kept = { name: file.name, report: read(await file.text()) };
      setOpened(kept);
      setMistake("");
    } catch (error) {
      setMistake(`${file.name} was not opened: ${error.message}.`);
    }
  };
  const pick = (event) => {
    take(event.target.files[0]);
    event.target.value = "";
  };
  const drag = (on) => (event) => {
    event.preventDefault();
    setOver(on);
  };
  const drop = (event) => {
    drag(false)(event);
    take(event.dataTransfer.files[0]);
  };
  return html`<${Drawer} title=${opened ? `Sweep report ${opened.name}` : "A sweep report"} kind="wide" onClose=${onClose}>
    <div class=${`drop ${over ? "over" : ""}`} onDragOver=${drag(true)} onDragLeave=${drag(false)} onDrop=${drop}>
      <input type="file" class="offscreen" ref=${picker} accept=".json" tabindex="-1" aria-label="Sweep report" onChange=${pick} />
      <${Button} kind=${opened ? "" : "primary"} onClick=${() => picker.current.click()}>${opened ? "Open another…" : "Open sweep.json…"}<//>
      <span class="muted">or drop it here. <code>capisim sweep --out DIR -- COMMAND</code> writes it. It stays in this page.</span></div>
    ${mistake && html`<p class="notice bad" role="alert">${mistake}</p>`}
    ${opened && html`<${Report} key=${opened.name} report=${opened.report} />`}<//>`;
}
