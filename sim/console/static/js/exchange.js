// One request with everything that is known of it.
import { html, useEffect, useState, useStore } from "./lib.js";
import { ask } from "./http.js";
import { replay } from "./command.js";
import { model, refresh } from "./model.js";
import { journal, summary } from "./journal.js";
import { Held } from "./held.js";
import { latency, number, pretty, timeOfDay } from "./format.js";
import { Badge, Button, copy } from "./ui.js";
import { Drawer } from "./drawer.js";
import { Reaction } from "./evidence.js";
import { Status } from "./latest.js";
import { Why } from "./why.js";

function Headers({ headers }) {
  const lines = Object.entries(headers).flatMap(([name, values]) => values.map((value) => [name, value])).sort();
  if (lines.length === 0) return null;
  return html`<details class="headers"><summary>${lines.length} headers</summary><dl>${lines.map(([name, value], i) => html`<div key=${i}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></details>`;
}

function Body({ part, of }) {
  if (part.body_size === 0) return html`<p class="muted">no body</p>`;
  return html`<pre class="body" tabindex="0" aria-label=${`Body of the ${of}`}>${pretty(part.body)}</pre>
    ${part.body_cut && html`<p class="muted">The beginning of ${number(part.body_size)} bytes.</p>`}
    ${part.body_encoding && html`<p class="muted">Not text: shown as ${part.body_encoding}.</p>`}`;
}

function Findings({ violations, warnings }) {
  return html`${violations === "unknown" && html`<p class="muted">The body was too long to be checked.</p>`}
    ${violations !== "unknown" && violations.length > 0 && html`<section><h3>Violations</h3><ul class="findings">${violations.map((v, i) => html`<li key=${i}><code>${v.pointer || "/"}</code> ${v.message}</li>`)}</ul></section>`}
    ${warnings.length > 0 && html`<section><h3>Warnings</h3><ul class="findings">${warnings.map((w, i) => html`<li key=${i}><code>${w.trap}</code> ${w.message}${w.pointer && html` <code>${w.pointer}</code>`}</li>`)}</ul></section>`}`;
}

function Facts({ view }) {
  const facts = [
    ["Operation", view.operation || "none"],
    ["Arrived", `${timeOfDay(view.wall_time)} here, ${view.time.replace("T", " ").replace(/\.\d+/, "").replace("Z", "")} in the world`],
    ["Latency", latency(view.latency_ms)],
    ["Client", [view.client.user || "nobody", view.client.user_agent].filter(Boolean).join(", ")],
    ["Connection", `${view.client.remote}, number ${view.client.connection}, request ${view.client.connection_use} on it`],
  ];
  if (view.rule) facts.push(["Rule", `${view.rule}${view.draw ? `, match ${view.draw}` : ""}`]);
  if (view.connection_fault) facts.push(["Socket", view.connection_fault]);
  if (view.real_status) facts.push(["In place of", `the real answer ${view.real_status}`]);
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function Exchange({ id, onClose }) {
  const [view, setView] = useState(null);
  const [problem, setProblem] = useState("");
  const url = useStore(model, (m) => m.overview?.url ?? "");
  const reactions = useStore(model, (m) => m.reactions);
  useEffect(() => {
    refresh.evidence();
    setView(null);
    ask("GET", `/requests/${id}`).then(setView, (error) => setProblem(error.message));
  }, [id]);
  const reaction = reactions?.reactions.find((r) => r.requests.includes(Number(id)));
  return html`<${Drawer} title=${`Request ${id}`} onClose=${onClose}>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${view && html`
      <p class="exchange-line"><${Status} row=${summary(view)} /><span class="mono"><span class=${`method ${view.request.method.toLowerCase()}`}>${view.request.method}</span>${view.request.path}${view.request.query && `?${view.request.query}`}</span></p>
      <p class="badges">${view.injected && html`<${Badge} tone="info">injected<//>`}${view.applied && html`<${Badge} tone=${view.injected ? "warn" : "none"}>state changed<//>`}</p>
      <div class="buttons"><a class="button small" href=${`#requests/again/${id}`}>Edit and send again</a><a class="button small" href="#requests" onClick=${() => journal.set({ comparing: view.id })}>Compare…</a><a class="button small" href=${`#answers/from/${id}`}>Make a rule from this</a><${Button} kind="small" onClick=${() => copy(replay(url, view.request))}>Copy as curl<//></div>
      ${view.nearest && html`<p class="notice warn">It met no operation. ${!view.nearest.real && html`The nearest is <strong>${view.nearest.operation}</strong>: `}${view.nearest.message}</p>`}
      ${view.held && html`<${Held} view=${view} onEnd=${setView} />`}
      <${Why} id=${id} />
      <${Facts} view=${view} />
      <${Findings} violations=${view.violations} warnings=${view.warnings} />
      ${reaction && html`<section><h3>Reaction</h3><${Reaction} reaction=${reaction} /></section>`}
      <section><h3>Request</h3>
        <${Headers} headers=${view.request.headers} /><${Body} part=${view.request} of="request" /></section>
      <section><h3>Response</h3><${Headers} headers=${view.response.headers} /><${Body} part=${view.response} of="response" /></section>`}
  <//>`;
}
