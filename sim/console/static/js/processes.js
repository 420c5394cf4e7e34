// The processes and their instances.
import { html, useEffect, useState, useStore } from "./lib.js";
import { ask } from "./http.js";
import { model } from "./model.js";
import { instanceStates, number, plural, stateTone } from "./format.js";
import { Badge, Empty, Pager, useRested } from "./ui.js";

const perPage = 50;
const dots = 24; // instances that a line draws

/**
 * The answer of a path, asked for again when the state changes; null asks
 * nothing. It is busy while the answer is that of the path before.
 */
export function useFresh(path, pause = 300) {
  const version = useRested(useStore(model, (m) => m.stateVersion), pause);
  const [answer, set] = useState({ data: null, problem: "", path: null });
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    ask("GET", path, undefined, { signal: stop.signal }).then(
      (data) => set({ data, problem: "", path }),
      (error) => { if (!stop.signal.aborted) set({ data: null, problem: error.message, path }); },
    );
    return () => stop.abort();
  }, [path, version]);
  return { ...answer, busy: answer.path !== path };
}

function Dots({ row }) {
  const counts = {};
  for (const s of row.states) counts[s] = (counts[s] ?? 0) + 1;
  const words = Object.entries(counts).map(([s, n]) => `${n} ${s}`).join(", ") || "no instances";
  return html`<span class="dots" role="img" aria-label=${words} title=${words}>
    ${row.states.slice(0, dots).map((s, i) => html`<i key=${i} class=${`dot ${stateTone(s)}`}></i>`)}
    ${row.instances > dots && html`<span class="muted num">+${number(row.instances - dots)}</span>`}</span>`;
}

const open = (row) => { location.hash = `#processes/${encodeURIComponent(row.guid)}`; };

function Row({ row }) {
  const running = row.states.filter((s) => s === "RUNNING").length;
  const counted = row.instances <= row.states.length ? `${running}/${row.instances}` : `${number(row.instances)}`;
  return html`<tr onClick=${() => open(row)}>
    <th scope="row"><a href=${`#processes/${encodeURIComponent(row.guid)}`} onClick=${(e) => e.stopPropagation()}>${row.app.name} <span class="type">${row.type}</span></a>
      <span class="mono muted guid">${row.guid}</span></th>
    <td><span class="state-line"><span class="num">${counted}</span><${Dots} row=${row} /></span></td>
    <td><${Badge} tone=${row.app.state === "STARTED" ? "ok" : "none"}>${row.app.state}<//>${row.app.deploying && html` <${Badge} tone="info">deploying<//>`}</td>
    <td class="num wide-only">${number(row.memory_in_mb)} MB</td><td class="num wide-only">${row.disk_in_mb === null ? "null" : `${number(row.disk_in_mb)} MB`}</td>
    <td class="wide-only muted">${row.organization} / ${row.space}</td></tr>`;
}

export function Processes() {
  const [q, setQ] = useState("");
  const [state, setState] = useState("");
  const [page, setPage] = useState(1);
  const rested = useRested(q, 250);
  useEffect(() => setPage(1), [rested, state]);
  const params = new URLSearchParams({ page, per_page: perPage });
  if (rested) params.set("q", rested);
  if (state) params.set("state", state);
  const { data, problem, busy } = useFresh(`/processes?${params}`);
  const total = data?.pagination.total_results ?? 0;
  return html`<section aria-labelledby="processes-title">
    <div class="section-head"><div><h1 id="processes-title">Processes</h1><p class="lead num">${data ? plural(total, "process", "processes") : "…"}${rested || state ? " found" : ""}</p></div>
      <div class="filters" role="search" aria-label="Filter processes"><input type="search" placeholder="Find by app, type, space, command, guid" aria-label="Find by app, type, space, command or guid" value=${q} onInput=${(e) => setQ(e.target.value)} />
        <select aria-label="With an instance that is" value=${state} onChange=${(e) => setState(e.target.value)}><option value="">any state</option>
          ${instanceStates.map((s) => html`<option key=${s} value=${s}>${s}</option>`)}</select></div></div>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${data && total === 0 && (rested || state ? html`<${Empty} title="Nothing matches">No process fits the filter.<//>` : html`<${Empty} title="No processes">This scenario has none. Load another one under Scenarios.<//>`)}
    ${data && total > 0 && html`<table class="table processes" aria-busy=${String(busy)}><caption class="offscreen">Processes</caption>
      <thead><tr><th scope="col">Process</th><th scope="col">Instances</th><th scope="col">App</th><th scope="col" class="wide-only num">Memory</th><th scope="col" class="wide-only num">Disk</th><th scope="col" class="wide-only">Space</th></tr></thead>
      <tbody>${data.resources.map((row) => html`<${Row} key=${row.guid} row=${row} />`)}</tbody></table>
      <${Pager} pagination=${data.pagination} page=${page} perPage=${perPage} onPage=${setPage} />`}
  </section>`;
}
