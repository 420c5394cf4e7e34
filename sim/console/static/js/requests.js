// What clients did, as it happens.
import { html, useEffect, useMedia, useState, useStore } from "./lib.js";
import { journal, noFilter, older, setFilter, setPaused, unfiltered } from "./journal.js";
import { model } from "./model.js";
import { act, download } from "./actions.js";
import { save } from "./http.js";
import { latency, number, plural, timeOfDay } from "./format.js";
import { Badge, Button, Empty, useRested } from "./ui.js";
import { Left, Status } from "./latest.js";
import { List } from "./list.js";

const took = (row) => (row.held ? html`<${Left} until=${row.until} />` : latency(row.latency));

function Notes({ row }) {
  return html`${row.rule && html`<span class="rule-chip" title=${`decided by rule ${row.rule}`}>${row.rule}</span>`}
    ${row.injected && !row.rule && html`<${Badge} tone="info" title="asked for by the header Prefer">Prefer<//>`}
    ${row.injected && row.applied && html`<${Badge} tone="warn" title="the change was made although the answer says otherwise">applied<//>`}
    ${row.cut && row.status > 0 && html`<${Badge} tone="bad">${row.cut}<//>`}
    <${Found} row=${row} />`;
}

/** What its body does against its schema, and the traps that it fell into. */
function Found({ row: { violations, warnings } }) {
  const words = [violations > 0 && plural(violations, "violation"), warnings > 0 && plural(warnings, "warning")].filter(Boolean);
  if (words.length === 0) return null;
  return html`<${Badge} tone="warn" title=${words.join(", ")}>${words.length > 1 ? plural(violations + warnings, "finding") : words[0]}<//>`;
}

const client = (row) => [row.user, row.agent].filter(Boolean).join(" · ") || "unknown";

/** Opens a request, or what it is to be compared with beside it. */
function open(row) {
  const { comparing } = journal.get();
  location.hash = comparing ? `#requests/compare/${comparing}/${row.id}` : `#requests/${row.id}`;
  if (comparing) journal.set({ comparing: 0 });
}

function drawWide(row) {
  return html`<span role="gridcell" class="c-time num">${timeOfDay(row.time)}</span>
    <span role="gridcell" class="c-status"><${Status} row=${row} /></span>
    <span role="gridcell" class="c-operation" title=${row.operation || "met no operation"}>${row.operation || html`<em>no operation</em>`}</span>
    <span role="gridcell" class="c-path mono" title=${`${row.method} ${row.path}`}><span class=${`method ${row.method.toLowerCase()}`}>${row.method}</span>${row.path}</span>
    <span role="gridcell" class="c-notes"><${Notes} row=${row} /></span>
    <span role="gridcell" class="c-latency num">${took(row)}</span>
    <span role="gridcell" class="c-client" title=${client(row)}>${client(row)}</span>`;
}

function drawNarrow(row) {
  return html`<span role="gridcell" class="n-first"><${Status} row=${row} /><strong class="c-operation">${row.operation || "no operation"}</strong><span class="num muted">${timeOfDay(row.time)}</span></span>
    <span role="gridcell" class="n-second"><span class="c-path mono"><span class=${`method ${row.method.toLowerCase()}`}>${row.method}</span>${row.path}</span></span>
    <span role="gridcell" class="n-second"><span class="c-client">${client(row)} · ${took(row)}</span><${Notes} row=${row} /></span>`;
}

const headings = html`${[["c-time", "Time"], ["c-status", "Status"], ["c-operation", "Operation"], ["c-path", "Request"], ["c-notes", "Rule"], ["c-latency", "Latency"], ["c-client", "Client"]]
  .map(([name, text]) => html`<span role="columnheader" class=${name}>${text}</span>`)}`;

function Filters({ filter }) {
  const operations = useStore(model, (m) => m.operations);
  const [q, setQ] = useState(filter.q);
  const rested = useRested(q, 250);
  useEffect(() => { if (rested !== filter.q) setFilter({ q: rested }); }, [rested]);
  const statuses = [...new Set(operations.flatMap((op) => op.statuses.map((s) => s.status)))].sort((a, b) => a - b);
  const any = Object.entries(noFilter).some(([key, none]) => filter[key] !== none);
  return html`<div class="filters" role="search" aria-label="Filter requests">
    <input type="search" placeholder="Find in path, headers, bodies" aria-label="Find in path, headers and bodies" value=${q} onInput=${(e) => setQ(e.target.value)} />
    <select aria-label="Operation" value=${filter.operation} onChange=${(e) => setFilter({ operation: e.target.value })}>
      <option value="">all operations</option>${operations.map((op) => html`<option key=${op.id} value=${op.id}>${op.id}</option>`)}</select>
    <select aria-label="Status" value=${filter.status} onChange=${(e) => setFilter({ status: e.target.value })}>
      <option value="">all statuses</option>${statuses.map((s) => html`<option key=${s} value=${s}>${s}</option>`)}</select>
    <select aria-label="Injected or real" value=${filter.injected} onChange=${(e) => setFilter({ injected: e.target.value })}>
      <option value="">injected and real</option><option value="true">injected</option><option value="false">real</option></select>
    ${any && html`<${Button} kind="quiet" onClick=${() => { setQ(""); setFilter(noFilter); }}>All<//>`}
  </div>`;
}

export function Requests() {
  const state = useStore(journal, (j) => j);
  const narrow = useMedia("(max-width: 760px)");
  const { rows, total, skipped, filter, paused, waiting, loading, comparing } = state;
  const name = useStore(model, (m) => m.overview?.world);
  const compareNone = () => journal.set({ comparing: 0 });
  useEffect(() => () => { unfiltered(); compareNone(); }, []);
  const clear = () => act({ method: "DELETE", path: "/requests", command: null, says: "The journal is empty; coverage and reactions stay" });
  const bundle = async () => {
    const file = `${name}.bundle.json.gz`;
    const packed = await download({ path: "/bundle", command: ["bundle", "-o", file], as: "blob" });
    if (packed) save(file, "application/gzip", packed);
  };
  const filtered = Object.values(filter).some(Boolean);
  return html`<section class="fill" aria-labelledby="requests-title">
    <div class="section-head"><div><h1 id="requests-title">Requests</h1>
      <p class="lead num" aria-live="off">${plural(total, "request")}${filtered ? " found" : ""}${skipped > 0 ? `, of which ${number(skipped)} came too fast to be listed` : ""}</p></div>
      <div class="buttons"><a class="button" href="#requests/again/new">Send a request…</a><${Button} onClick=${bundle} title="This world and all that was sent to it, as one file that can be played again">Download a bundle<//>
        <${Button} pressed=${paused} onClick=${() => setPaused(!paused)}>${paused ? `Resume${waiting ? ` (${number(waiting)} new)` : ""}` : "Pause"}<//>
        <${Button} kind="quiet" onClick=${clear} disabled=${total === 0}>Clear<//></div></div>
    <${Filters} filter=${filter} />
    ${comparing > 0 && html`<p class="notice info comparing" role="status">Open the request whose answer is to stand beside that to request ${comparing}. <${Button} kind="small" onClick=${compareNone}>Cancel<//></p>`}
    ${rows.length === 0
      ? html`<${Empty} title=${loading ? "Reading the journal…" : filtered ? "Nothing matches" : "No requests yet"}>${loading ? "" : filtered ? "No request in the journal fits the filter." : "Point a client at this world; what it sends appears here at once."}<//>`
      : html`<${List} label="Requests, the newest first" rows=${rows} height=${narrow ? 78 : 34} keyOf=${(row) => row.id} draw=${narrow ? drawNarrow : drawWide}
          header=${narrow ? null : headings} columns=${narrow ? 3 : 7} onOpen=${open} onEnd=${older} />`}
  </section>`;
}
