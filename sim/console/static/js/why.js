// Why a request was answered as it was, and why a rule has not fired: what the
// admin API says of it, with links to what it speaks of.
import { html, useEffect, useState, useStore } from "./lib.js";
import { ask } from "./http.js";
import { model } from "./model.js";
import { journal } from "./journal.js";
import { plural } from "./format.js";
import { Badge } from "./ui.js";
import { Drawer } from "./drawer.js";
import { dress } from "./dress.js";

const listed = 50; // rules, of which there may be thousands

const editorOf = (id) => `#answers/rule/${encodeURIComponent(id)}`;

/** What a place in a rule holds against a request. */
const Against = ({ pointer, reason }) => html`<span class="against">${pointer && html`<code>${pointer.slice(1)}</code> `}${reason}</span>`;

/** What one rule made of a request. */
function Forecast({ of, now }) {
  return html`<li class=${of.fires ? "fired" : ""}><a href=${editorOf(of.rule)}>${of.rule}</a> <${Badge} tone=${of.fires ? "info" : "none"}>${of.fires ? "fired" : "did not fire"}<//>
    <${Against} ...${of} />
    ${now && now.fires !== of.fires && html`<span class="muted">If the request came now: <${Against} ...${now} /></span>`}</li>`;
}

/** Why a request was answered as it was. */
export function Why({ id }) {
  const [told, setTold] = useState(null);
  const [problem, setProblem] = useState("");
  const total = useStore(model, (m) => m.faultTotal); // of a rule that came or went it is told anew
  useEffect(() => dress("why.css"), []);
  useEffect(() => {
    const question = new AbortController();
    setProblem("");
    ask("POST", "/faults/explain", { request: Number(id) }, question).then(setTold, (error) => question.signal.aborted || setProblem(error.message));
    return () => question.abort();
  }, [id, total]);
  if (problem) return html`<p class="notice warn">${problem}</p>`;
  if (!told?.operation) return null; // what it did not meet is told by itself
  const rules = told.then ?? told.rules;
  const first = [...rules.filter((r) => r.fires), ...rules.filter((r) => !r.fires)].slice(0, listed);
  const now = new Map(told.rules.map((r) => [r.rule, r]));
  return html`<section class="why" aria-labelledby="why-title"><h3 id="why-title">Why</h3>
    <p class="why-says">${told.says}.</p>
    ${told.prefer?.ignored && html`<p>Its header <code>Prefer</code> was ignored: ${told.prefer.ignored}.</p>`}
    ${rules.length > 0 && html`<ul class="why-rules">${first.map((r) => html`<${Forecast} key=${r.rule} of=${r} now=${told.then && now.get(r.rule)} />`)}</ul>`}
    ${rules.length > first.length && html`<p class="muted">and ${plural(rules.length - first.length, "more rule")} that did not fire</p>`}</section>`;
}

const Request = ({ id }) => html`<a href=${`#requests/${id}`}>request ${id}</a>`;

function Criteria({ told }) {
  return html`<section><h3>What it wants of a request</h3>
    <table class="why-table"><caption class="offscreen">Criteria of the rule</caption><thead><tr><th scope="col">Place</th><th scope="col">Expected</th><th scope="col" class="num">Met, of ${told.looked}</th></tr></thead>
      <tbody>${told.criteria.map((c) => html`<tr key=${c.pointer} class=${c.met === 0 ? "none-met" : ""}><th scope="row"><code>${c.pointer.slice(1)}</code></th><td>${c.expected}</td><td class="num">${c.met}</td></tr>`)}</tbody></table></section>`;
}

/** Why a rule has not fired, as a panel over the page. */
export function RuleWhy({ id, onClose }) {
  const [told, setTold] = useState(null);
  const [problem, setProblem] = useState("");
  const rule = useStore(model, (m) => JSON.stringify(m.faults.find((r) => r.id === id)));
  const [total, setTotal] = useState(0); // of the journal, now and then: requests may come by the thousand
  useEffect(() => {
    dress("why.css");
    const timer = setInterval(() => setTotal(journal.get().total), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const question = new AbortController();
    setProblem("");
    ask("GET", `/faults/${encodeURIComponent(id)}/explain`, undefined, question).then(setTold, (error) => question.signal.aborted || setProblem(error.message));
    return () => question.abort();
  }, [id, rule, total]);
  return html`<${Drawer} title=${`Why has ${id} not fired?`} onClose=${onClose}>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${told && html`<p class=${`notice why-says ${told.fired > 0 ? "info" : "warn"}`} role="status">${told.says}.</p>
      <section><h3>How it stands</h3><p><${Badge} tone=${told.stands.fires ? "ok" : "warn"}>${told.stands.fires ? "ready" : "would not fire"}<//> <${Against} ...${told.stands} /></p>
        <p><a class="button small" href=${editorOf(id)}>Edit the rule</a></p></section>
      <${Criteria} told=${told} />
      ${told.passed.length > 0 && html`<section><h3>Requests that met it and were passed over</h3>
        <ul class="why-rules">${told.passed.map((p) => html`<li key=${p.request}><${Request} id=${p.request} /> <${Against} ...${p} /></li>`)}</ul></section>`}
      ${told.nearest && html`<section><h3>The nearest miss</h3><p><${Request} id=${told.nearest.request} /> does not meet</p>
        <ul class="why-rules">${told.nearest.against.map((a) => html`<li key=${a.pointer}><${Against} ...${a} /></li>`)}</ul></section>`}`}<//>`;
}
