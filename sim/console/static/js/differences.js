// Two requests of the journal side by side, and in what their answers differ.
import { html, useEffect, useState } from "./lib.js";
import { ask } from "./http.js";
import { summary } from "./journal.js";
import { latency, pretty } from "./format.js";
import { Drawer } from "./drawer.js";
import { Status } from "./latest.js";
import { dress } from "./dress.js";

const isObject = (value) => typeof value === "object" && value !== null;
const escaped = (key) => String(key).replaceAll("~", "~0").replaceAll("/", "~1");

/** In what two values of JSON differ: [pointer, one, other], undefined for what is not there. */
function differing(one, other, pointer = "") {
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) {
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [[pointer || "/", one, other]];
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) => differing(one[key], other[key], `${pointer}/${escaped(key)}`));
}

const none = Symbol("no JSON");

function parsed({ body, body_cut: cut }) {
  if (cut) return none;
  try {
    return JSON.parse(body);
  } catch {
    return none;
  }
}

/** In what two bodies differ, by pointers where both are JSON. */
function ofBodies(one, other) {
  const [a, b] = [parsed(one), parsed(other)];
  if (isObject(a) && isObject(b) && !Object.keys(a).some((key) => key in b)) return [["body", ...[a, b].map((v) => `with ${Object.keys(v).join(", ") || "nothing"}`)]];
  if (a !== none && b !== none) return differing(a, b).map(([pointer, ...values]) => [`body ${pointer}`, ...values.map((v) => (v === undefined ? "" : JSON.stringify(v)))]);
  return one.body === other.body && one.body_size === other.body_size ? [] : [["body", one.body, other.body]];
}

const values = (headers) => new Map(Object.entries(headers).map(([name, list]) => [name.toLowerCase(), list.join(", ")]));

function ofHeaders(one, other) {
  const [a, b] = [values(one), values(other)];
  return [...new Set([...a.keys(), ...b.keys()])].sort().filter((name) => a.get(name) !== b.get(name)).map((name) => [`header ${name}`, a.get(name) ?? "", b.get(name) ?? ""]);
}

const ofFacts = (facts) => facts.filter(([, a, b]) => a !== b).map(([name, a, b]) => [name, String(a || "none"), String(b || "none")]);

// What no two answers have in common says nothing.
const always = /^header (date|x-vcap-request-id|x-runtime|content-length|x-ratelimit-remaining|x-ratelimit-reset)$/;

function Rows({ rows }) {
  return rows.map(([where, a, b]) => html`<tr key=${where}><th scope="row"><code>${where}</code></th><td><code>${a === "" ? html`<span class="muted">not there</span>` : a}</code></td><td><code>${b === "" ? html`<span class="muted">not there</span>` : b}</code></td></tr>`);
}

/** In what two requests, as the journal has them, were answered in another way. */
export function Differences({ one, other }) {
  const asked = [...ofFacts([["method", one.request.method, other.request.method], ["path", one.request.path, other.request.path], ["query", one.request.query, other.request.query], ["user", one.client.user, other.client.user]]), ...ofBodies(one.request, other.request)].map(([where, ...rest]) => [`asked: ${where}`, ...rest]);
  const all = [...ofFacts([["status", one.response.status, other.response.status], ["connection", one.connection_fault, other.connection_fault], ["rule", one.rule, other.rule]]), ...ofHeaders(one.response.headers, other.response.headers), ...ofBodies(one.response, other.response)];
  const rows = all.filter(([where]) => !always.test(where));
  const cut = one.response.body_cut || other.response.body_cut;
  return html`<section><h3>Differences</h3>
    ${rows.length + asked.length === 0 ? html`<p role="status">The two answers say the same${all.length > 0 ? `, apart from ${all.map(([where]) => where.replace("header ", "")).join(", ")}` : ""}.</p>`
      : html`<div class="differing" tabindex="0" role="region" aria-label="Differences"><table><thead><tr><th scope="col">Where</th><th scope="col">Request ${one.id}</th><th scope="col">Request ${other.id}</th></tr></thead><tbody><${Rows} rows=${asked} /><${Rows} rows=${rows} /></tbody></table></div>`}
    ${cut && html`<p class="muted">The journal has only the beginning of a body: it is compared as text.</p>`}</section>`;
}

/** One of the two answers in full. */
export function Side({ view }) {
  return html`<section aria-label=${`Answer to request ${view.id}`}><h3><a href=${`#requests/${view.id}`}>Request ${view.id}</a> <${Status} row=${summary(view)} /> <span class="muted num">${latency(view.latency_ms)}</span></h3>
    <p class="mono">${view.request.method} ${view.request.path}${view.request.query && `?${view.request.query}`}</p>
    ${view.response.body_size === 0 ? html`<p class="muted">no body</p>` : html`<pre class="body" tabindex="0" aria-label=${`Body of the answer to request ${view.id}`}>${pretty(view.response.body)}</pre>`}</section>`;
}

/** The page of two requests; id is compare/ONE/OTHER. */
export function Compare({ id, onClose }) {
  const [views, setViews] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    dress("editor.css");
    setViews(null);
    Promise.all(id.split("/").slice(1, 3).map((one) => ask("GET", `/requests/${one}`))).then(setViews, (error) => setProblem(error.message));
  }, [id]);
  return html`<${Drawer} title="Two answers" kind="wide" onClose=${onClose}>${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${views && html`<${Differences} one=${views[0]} other=${views[1]} /><div class="sides"><${Side} view=${views[0]} /><${Side} view=${views[1]} /></div>`}<//>`;
}
