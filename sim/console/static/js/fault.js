// The small panel of a cell: how often, how late, how broken.
import { html, useEffect, useRef, useState, useStore } from "./lib.js";
import { act, clearRule, clearToggle, setToggle } from "./actions.js";
import { capisim, curl } from "./command.js";
import { bodyOf, commandOf, draftOf, noDraft } from "./draft.js";
import { model } from "./model.js";
import { effect, extent, milliseconds, narrowing, spoken, statusTone } from "./format.js";
import { Button, Choice, Commands, Field } from "./ui.js";

const states = { active: "In force", scheduled: "Not yet in force", spent: "Used up", over: "Over", off: "Switched off" };

const whole = (text, least) => text === "" || (/^\d+$/.test(text) && Number(text) >= least);
const duration = (text) => text === "" || milliseconds(text) >= 0;

/** What is wrong with a draft, by field. */
function mistakes(draft) {
  const wrong = {};
  if (draft.mode === "times" && (draft.times === "" || !whole(draft.times, 1))) wrong.times = "A whole number, 1 or more";
  for (const key of ["delay", "from", "until"]) if (!duration(draft[key])) wrong[key] = "A duration such as 200ms, 3s or 1m30s";
  if (!whole(draft.retryAfter, 0)) wrong.retryAfter = "Whole seconds";
  if (!whole(draft.skip, 0)) wrong.skip = "A whole number";
  if (draft.probability !== "" && !(Number(draft.probability) >= 0 && Number(draft.probability) <= 100)) wrong.probability = "0 to 100";
  return wrong;
}

function Text({ label, hint, name, draft, wrong, change, ...rest }) {
  return html`<${Field} label=${label} hint=${wrong[name] ? html`<span class="mistake" role="alert">${wrong[name]}</span>` : hint}>
    <input value=${draft[name]} aria-invalid=${wrong[name] ? "true" : undefined} onInput=${(e) => change({ [name]: e.target.value.trim() })} autocomplete="off" spellcheck=${false} ...${rest} /><//>`;
}

function Others({ rules, standingOf }) {
  return html`<div class="notice info"><p>Other rules answer here, the newest first:</p>
    <ul>${rules.map((rule) => html`<li key=${rule.id}><strong>${rule.id}</strong> ${effect(rule)}, ${extent(rule, standingOf(rule))}${narrowing(rule) && `, only ${narrowing(rule)}`}
      <${Button} kind="quiet small" label=${`Clear ${rule.id}`} onClick=${() => act(clearRule(rule))}>Clear<//></li>`)}</ul></div>`;
}

/** The panel; framed in a drawer it has no head of its own. */
export function FaultPanel({ view, rules, standingOf, framed, onClose }) {
  const { operation, status, errors } = view.cell;
  const connections = useStore(model, (m) => m.connections);
  const set = view.toggled;
  const [draft, setDraft] = useState(set ? draftOf(set) : noDraft);
  // Set anew elsewhere, or by a click: the panel shows what is in force.
  const mark = set ? JSON.stringify([set.when, set.respond, set.delay, set.connection, set.apply]) : "";
  const shown = useRef(draft); // what was last taken over; edits since then are not thrown away
  useEffect(() => {
    if (!set) return;
    const next = draftOf(set);
    const before = shown.current;
    shown.current = next;
    setDraft((d) => (Object.keys(next).every((key) => d[key] === before[key]) ? next : d));
  }, [mark]);
  const change = (part) => setDraft((d) => ({ ...d, ...part }));
  const wrong = mistakes(draft);
  const body = bodyOf(draft);
  const command = commandOf(operation.id, status, draft, errors);
  const live = (rule) => ["active", "scheduled"].includes(standingOf(rule).state);
  const active = set && live(set);
  const same = active && JSON.stringify(bodyOf(draftOf(set))) === JSON.stringify(body);
  const others = rules.filter((r) => r !== set && live(r));
  const apply = (event) => {
    event.preventDefault();
    if (Object.keys(wrong).length > 0) return;
    act(setToggle(operation.id, status, body, command, set ? setToggle(operation.id, status, bodyOf(draftOf(set)), null) : clearToggle(operation.id, status)));
  };
  const chosen = errors.find((e) => e.name === draft.error) ?? errors[0];
  const text = { draft, wrong, change };
  const met = (title) => {
    if (!view.cell.covers) return "";
    const times = (view.counts?.variants ?? []).reduce((sum, v) => sum + (v.error === title ? v.injected + v.real : 0), 0);
    return times > 0 ? ` (met ${times})` : " (not met)";
  };
  return html`<section class="card fault" aria-label=${`Answer ${status} of ${operation.id}`}>
    ${!framed && html`<header class="fault-head"><h2><span class=${`status-code tone-${statusTone(status)}`}>${status}</span> ${operation.id}</h2>
      <${Button} kind="quiet" label="Close the panel" onClick=${onClose}>✕<//></header>`}
    <p class=${`fault-state ${active ? "on" : ""}`} role="status">${set ? `${states[standingOf(set).state]}: ${active ? `${extent(set, standingOf(set))}. ` : ""}${set.injected} injected.` : others.length > 0 ? "Not set by hand." : "Not in force."}</p>
    ${others.length > 0 && html`<${Others} rules=${others} standingOf=${standingOf} />`}
    <form onSubmit=${apply} noValidate>
      <${Choice} label="How often" name="extent" value=${draft.mode} onChange=${(mode) => change({ mode })}
        options=${[["always", "every time"], ["once", "once"], ["times", "N times"]]} />
      ${draft.mode === "times" && html`<${Text} label="Times" name="times" inputmode="numeric" ...${text} />`}
      ${errors.length > 1 && html`<${Field} label="Error" hint=${spoken(chosen.detail)}>
        <select value=${draft.error} onChange=${(e) => change({ error: e.target.value })}>
          ${errors.map((e, i) => html`<option key=${e.name} value=${i === 0 ? "" : e.name}>${e.title} ${e.code}${met(e.title)}</option>`)}</select><//>`}
      ${errors.length === 1 && html`<p class="fault-error"><span class="mono">${chosen.title} ${chosen.code}</span><span class="muted">${spoken(chosen.detail)}</span></p>`}
      <div class="two"><${Text} label="Delay" name="delay" placeholder="none" ...${text} />
        <${Text} label="Retry-After" name="retryAfter" placeholder="seconds" inputmode="numeric" ...${text} />
        <${Text} label="Ends after" name="until" placeholder="never" ...${text} />
        <${Text} label="Chance in %" name="probability" placeholder="100" inputmode="decimal" ...${text} /></div>
      <${Field} label="Connection"><select value=${draft.connection} onChange=${(e) => change({ connection: e.target.value })}>
        <option value="">none</option>${connections.map(({ kind, words }) => html`<option key=${kind} value=${kind}>${kind}: ${words}</option>`)}</select><//>
      ${operation.method !== "GET" && status >= 400 && html`<label class="check"><input type="checkbox" checked=${draft.after} onChange=${(e) => change({ after: e.target.checked })} />
        <span>Make the change first, then answer ${status}</span></label>`}
      <details open=${Boolean(draft.skip || draft.from)}><summary>Let some pass, begin later</summary>
        <div class="two"><${Text} label="Let pass first" name="skip" placeholder="0" inputmode="numeric" ...${text} />
          <${Text} label="Begins after" name="from" placeholder="now" ...${text} /></div>
      </details>
      <div class="buttons"><button type="submit" class="button primary" disabled=${same || Object.keys(wrong).length > 0}>${active ? "Update" : "Answer so"}</button>
        ${set && html`<${Button} onClick=${() => act(clearToggle(operation.id, status, setToggle(operation.id, status, bodyOf(draftOf(set)), null)))}>Clear<//>`}</div>
    </form>
    <${Commands} curl=${curl(setToggle(operation.id, status, body))} capisim=${capisim(command)} />
  </section>`;
}
