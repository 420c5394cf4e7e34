// A rule by hand: a form from the schema of rules and the JSON beside it, in step,
// checked by the admin API while it is typed.
import { html, useEffect, useLayoutEffect, useRef, useState, useStore } from "./lib.js";
import { ask } from "./http.js";
import { act, clearRule, putRule, ruleOnly } from "./actions.js";
import { isObject } from "./format.js";
import { model } from "./model.js";
import { Button, guard, useRested } from "./ui.js";
import { Drawer } from "./drawer.js";
import { SchemaForm } from "./schemaform.js";
import { dress } from "./dress.js";
import { RuleWhy } from "./why.js";

const pretty = (rule) => JSON.stringify(rule, null, 2);

/** A rule about requests like one that came: its operation, target, caller and
 * the plain values of its body. */
function ruleFrom(view) {
  const match = {};
  if (view.operation) match.operations = [view.operation];
  const [, guid] = /^\/v3\/processes\/([^/]+)/.exec(view.request.path) ?? [];
  if (guid) match.process = { guid: decodeURIComponent(guid) };
  if (view.client.user) match.user = view.client.user;
  try {
    const body = Object.entries(JSON.parse(view.request.body)).filter(([, value]) => !isObject(value) && !Array.isArray(value));
    if (body.length > 0) match.body = Object.fromEntries(body.map(([key, value]) => [`/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, { equals: value }]));
  } catch {
    // It has no body, or none that rules can look into.
  }
  return { match, respond: { status: 503 } };
}

/** What an editor begins with, by the address that leads to it. */
const beginnings = {
  new: async (draft) => ({ rule: draft ? JSON.parse(draft) : { respond: { status: 503 } } }),
  rule: async (id) => {
    const before = ruleOnly(await ask("GET", `/faults/${encodeURIComponent(id)}`));
    return { rule: before, before };
  },
  copy: async (id) => ({ rule: { ...ruleOnly(await ask("GET", `/faults/${encodeURIComponent(id)}`)), id: `${id}-copy` } }),
  from: async (id) => ({ rule: ruleFrom(await ask("GET", `/requests/${id}`)) }),
};

/** The merge patch (RFC 7396) that makes one object of another. */
function mergePatch(before, after) {
  const patch = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
    patch[key] = isObject(before[key]) && isObject(after[key]) ? mergePatch(before[key], after[key]) : after[key] ?? null;
  }
  return patch;
}

const holdsNull = (value) => value === null || (typeof value === "object" && Object.values(value).some(holdsNull));

/** The action that saves a rule. One that is edited keeps its place and, where it
 * can, its counters; a null in it, which a patch would drop, needs it set anew.
 * taken is the rule that has its id already. */
function saving(rule, before, taken) {
  if (before && before.id === rule.id && !holdsNull(rule)) {
    return { method: "PATCH", path: `/faults/${encodeURIComponent(rule.id)}`, body: mergePatch(before, rule), command: null, after: ["faults"],
      says: `Rule ${rule.id} is changed`, undo: putRule(before, `Rule ${rule.id} is as it was`) };
  }
  if (rule.id) return putRule(rule, `Rule ${rule.id} is set`, taken ? putRule(ruleOnly(taken), `Rule ${rule.id} is as it was`) : { ...clearRule(rule), undo: undefined });
  return { method: "POST", path: "/faults", body: rule, command: null, after: ["faults"], says: "The rule is set" };
}

function Verdict({ checked, current }) {
  if (!checked) return html`<p class="muted" role="status">Checking…</p>`;
  const { problems, looked, met } = checked;
  if (problems.length > 0) {
    return html`<div class="notice bad" role="status" tabindex="0"><ul class="verdict">${problems.map((p, i) => html`<li key=${i}>${p.pointer && html`<code>${p.pointer}</code> `}${p.detail}</li>`)}</ul></div>`;
  }
  const ids = met.length > 0 ? `: ${met.slice(0, 8).join(", ")}${met.length > 8 ? ", …" : ""}` : "";
  return html`<p class=${`notice ${met.length > 0 ? "info" : "warn"}`} role="status" aria-busy=${String(!current)}>${looked === 0 ? "A good rule. The journal has no requests to try it on." : `Would have met ${met.length} of the last ${looked} requests${ids}.`}</p>`;
}

/** Asks whether what was typed may be lost. */
function Leaving({ onLeave, onStay }) {
  const dialog = useRef();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close();
  }, []);
  const closed = () => dialog.current && onStay(); // the browser tells late: not of one that is gone
  return html`<dialog class="leaving" ref=${dialog} aria-label="Unsaved changes" onCancel=${(e) => { e.preventDefault(); onStay(); }} onClose=${closed}>
    <p>What you have typed is not saved.</p><div class="buttons"><${Button} kind="primary" onClick=${onStay}>Go on editing<//><${Button} onClick=${onLeave}>Throw it away<//></div></dialog>`;
}

/** Minds what was typed: leaving is asked about, be it by the page or the browser. */
function useGuard(dirty, ask) {
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event) => event.preventDefault();
    Object.assign(guard, { hash: location.hash, ask });
    addEventListener("beforeunload", warn);
    return () => {
      guard.ask = null;
      removeEventListener("beforeunload", warn);
    };
  }, [dirty]);
}

function Form({ schema, begun, onClose }) {
  const [rule, setRule] = useState(begun.rule);
  const [text, setText] = useState(pretty(begun.rule));
  const [checked, setChecked] = useState(null); // {text, problems, looked, met}
  const rested = useRested(text, 250);
  const [leaving, setLeaving] = useState(false);
  useGuard(text !== pretty(begun.rule), () => setLeaving(true));
  const leave = () => {
    guard.ask = null;
    onClose();
  };
  useEffect(() => {
    const asked = new AbortController();
    ask("POST", "/faults/check", rested, { signal: asked.signal }).then((found) => setChecked({ ...found, text: rested }), () => {});
    return () => asked.abort();
  }, [rested]);
  const change = (next) => {
    setRule(next);
    setText(pretty(next));
  };
  const type = (event) => {
    setText(event.target.value);
    try {
      const typed = JSON.parse(event.target.value);
      if (isObject(typed)) setRule(typed);
    } catch {
      // The form waits until it is JSON again; the check says what is missing.
    }
  };
  const taken = useStore(model, (m) => m.faults).find((other) => other.id === rule.id);
  const current = checked?.text === text;
  const save = async (event) => {
    event.preventDefault();
    if (!current || checked.problems.length > 0) return;
    if (await act(saving(rule, begun.before, taken))) leave();
  };
  const renamed = begun.before && rule.id !== begun.before.id;
  return html`<form class="editor" onSubmit=${save} noValidate>
    ${leaving && html`<${Leaving} onLeave=${leave} onStay=${() => setLeaving(false)} />`}
    <div class="editor-form"><${SchemaForm} schema=${schema} value=${rule} problems=${checked?.problems ?? []} change=${change} /></div>
    <div class="editor-side"><${Verdict} checked=${checked} current=${current} />
      <div class="buttons"><button type="submit" class="button primary" disabled=${!current || checked.problems.length > 0}>${begun.before && !renamed ? "Save" : "Set the rule"}</button><${Button} kind="quiet" onClick=${() => (guard.ask ?? onClose)()}>Cancel<//></div>
      ${renamed && html`<p class="muted">Under another id it is another rule; ${begun.before.id} stays as it is.</p>`}
      ${taken && rule.id !== begun.before?.id && html`<p class="notice warn">It takes the place of the rule ${rule.id} that is there.</p>`}
      <label class="field"><span class="field-label">The same as JSON</span><textarea rows="16" spellcheck=${false} value=${text} aria-invalid=${checked?.problems.length > 0 ? "true" : undefined} onInput=${type}></textarea></label></div>
  </form>`;
}

/** What opens over the answers; id is new, rule/ID, copy/ID or from/REQUEST for
 * the editor, and why/ID. */
export function Editor({ id, onClose }) {
  const [, kind, of] = /^(\w+)\/?(.*)$/s.exec(id) ?? [];
  if (kind === "why") return html`<${RuleWhy} id=${of} onClose=${onClose} />`;
  return html`<${Editing} id=${id} kind=${kind} of=${of} onClose=${onClose} />`;
}

function Editing({ id, kind, of, onClose }) {
  const [ready, setReady] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    dress("editor.css");
    const begin = beginnings[kind] ?? (() => Promise.reject(new Error("There is no such page.")));
    Promise.all([ask("GET", "/schemas/fault-rule"), begin(of)]).then(([schema, begun]) => setReady({ schema, begun }), (error) => setProblem(error.message));
  }, [id]);
  const title = kind === "rule" ? `Rule ${of}` : kind === "from" ? `A rule from request ${of}` : "A new rule";
  return html`<${Drawer} title=${title} kind="wide" onClose=${() => (guard.ask ?? onClose)()}>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${ready && html`<${Form} ...${ready} onClose=${onClose} />`}<//>`;
}
