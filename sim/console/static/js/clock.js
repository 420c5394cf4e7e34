// The world's clock, and the fault windows on a timeline.
import { html, useState, useStore, useTick } from "./lib.js";
import { model, windowState, worldTime } from "./model.js";
import { act } from "./actions.js";
import { effect, milliseconds, moment, span } from "./format.js";
import { Badge, Button, Empty, Field } from "./ui.js";

const changed = (action) => act({ ...action, after: ["overview", "faults"] });

const setMode = (mode) => ({
  method: "PUT", path: "/clock", body: { mode }, command: ["clock", mode === "frozen" ? "freeze" : "resume"],
  says: mode === "frozen" ? "The clock stands still" : "The clock runs",
});

function advance(by) {
  changed({ method: "POST", path: "/clock/advance", body: { by }, command: ["clock", "advance", by], says: `The clock went ${by} forwards` });
}

/** A duration that a server reads. The server counts finer than milliseconds, and
 * an edge has to be reached: one more is added. */
const durationOf = (ms) => `${Math.max(0, Math.ceil(ms)) + 1}ms`;

const day = (t) => moment(t).date;
const hms = (t) => moment(t).time;

/** Round steps of a scale, in seconds. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800];

/** The span that the timeline shows: all edges and the present, with some room. */
function extentOf(windows, now) {
  const edges = windows.flatMap((w) => [w.from, w.until ?? w.from]).map(Date.parse).concat(now);
  const first = Math.min(...edges);
  const last = Math.max(...edges);
  const room = Math.max((last - first) * 0.08, 5000);
  return [first - room, last + room];
}

function Timeline({ windows, rules, now }) {
  const [first, last] = extentOf(windows, now);
  const x = (t) => ((Math.min(Math.max(t, first), last) - first) / (last - first)) * 1000;
  const step = 1000 * (steps.find((s) => (last - first) / 1000 / s <= 8) ?? steps.at(-1));
  const ticks = [];
  for (let t = Math.ceil(first / step) * step; t <= last; t += step) ticks.push(t);
  const at = (t) => ({ left: `${x(t) / 10}%` });
  const rule = (id) => rules.find((r) => r.id === id);
  return html`<div class="timeline" role="group" aria-label="Fault windows on the world's clock">
    <div class="timeline-row timeline-scale" aria-hidden="true"><span></span><span class="timeline-track">${ticks.map((t) => html`<span key=${t} class="tick" style=${at(t)}>${hms(t)}</span>`)}<span class="now-flag" style=${at(now)}>now</span></span><span></span></div>
    ${windows.map((w) => {
      const state = windowState(w, now);
      const until = w.until ? Date.parse(w.until) : last;
      const left = x(Date.parse(w.from));
      const next = state === "before" ? Date.parse(w.from) : state === "open" && w.until ? Date.parse(w.until) : null;
      const edge = state === "before" ? "start" : "end";
      const text = `${w.rule} ${rule(w.rule) ? effect(rule(w.rule)) : ""}: from ${hms(Date.parse(w.from))}${w.until ? ` until ${hms(until)}` : " on"}`;
      return html`<div key=${w.rule} class="timeline-row"><span class="timeline-name" title=${text}>${w.rule}<span class="muted">${rule(w.rule) ? effect(rule(w.rule)) : ""}</span></span>
        <span class="timeline-track"><span class=${`bar ${state} ${w.until ? "" : "endless"}`} role="img" aria-label=${text} title=${text} style=${{ left: `${left / 10}%`, width: `${Math.max(0.4, (x(until) - left) / 10)}%` }}></span>
          <span class="now-line" style=${at(now)}></span></span>
        <span class="timeline-state"><${Badge} tone=${state === "open" ? "bad" : state === "before" ? "info" : "none"}>${w.enabled ? (state === "before" ? `in ${span((Date.parse(w.from) - now) / 1000)}` : state) : "off"}<//>
          ${next !== null && html`<${Button} kind="quiet small" label=${`Go to ${edge} of ${w.rule}`} onClick=${() => advance(durationOf(next - now))}>Go to ${edge}<//>`}</span></div>`;
    })}
  </div>`;
}

function Advance() {
  const [by, setBy] = useState("");
  const bad = by !== "" && !(milliseconds(by) >= 0);
  return html`<div class="advance" role="group" aria-labelledby="advance-label"><span class="field-label" id="advance-label">Advance by</span><div class="buttons">
    ${["1s", "10s", "1m", "10m", "1h"].map((d) => html`<${Button} key=${d} onClick=${() => advance(d)} >+${d}<//>`)}
    <form class="inline-form" onSubmit=${(e) => { e.preventDefault(); if (by && !bad) advance(by); }}><input aria-label="Another duration" placeholder="1m30s" value=${by} aria-invalid=${bad ? "true" : undefined} onInput=${(e) => setBy(e.target.value.trim())} />
      <button type="submit" class="button" disabled=${!by || bad}>Advance</button></form></div></div>`;
}

function SetTime({ now }) {
  const [text, setText] = useState("");
  const value = text || new Date(now).toISOString().slice(0, 19);
  const set = (event) => {
    event.preventDefault();
    const to = new Date(`${value}Z`);
    if (Number.isNaN(to.getTime())) return;
    changed({ method: "PUT", path: "/clock", body: { now: to.toISOString() }, command: null, says: `The clock stands at ${hms(to.getTime())} of ${day(to.getTime())}` });
    setText("");
  };
  return html`<form class="inline-form" onSubmit=${set}><${Field} label="Set to (UTC)"><input type="datetime-local" step="1" value=${value} onInput=${(e) => setText(e.target.value)} /><//><button type="submit" class="button" disabled=${!text}>Set</button></form>`;
}

export function Clock() {
  const clock = useStore(model, (m) => m.clock);
  const windows = useStore(model, (m) => m.windows);
  const rules = useStore(model, (m) => m.faults);
  useTick(500, clock?.mode === "real");
  if (!clock) return null;
  const now = worldTime(clock);
  const frozen = clock.mode === "frozen";
  const timed = windows.filter((w) => w.until || w.from !== w.set);
  return html`<section aria-labelledby="clock-title">
    <div class="section-head"><div><h1 id="clock-title">Clock</h1><p class="lead">Instances, rate limits and fault windows follow this clock, not the wall's. Freeze it to make every run the same.</p></div></div>
    <section class="card clock-card"><div class="clock-face"><span class="clock-time num" role="timer" aria-label="The world's time, UTC">${hms(now)}</span><span class="clock-date num">${day(now)} UTC</span>
        <${Badge} tone=${frozen ? "info" : "ok"}>${frozen ? "frozen" : "running"}<//></div>
      <div class="clock-actions"><${Button} kind="primary" onClick=${() => changed({ ...setMode(frozen ? "real" : "frozen"), undo: setMode(clock.mode) })}>${frozen ? "Resume" : "Freeze"}<//>
        <${Advance} /><${SetTime} now=${now} /></div></section>
    <section class="card"><h2>Fault windows</h2>
      ${timed.length === 0
        ? html`<${Empty} title="No rule has a window">Rules with “from” or “until” appear here: set one in the panel of a cell, or load the scenario maintenance-window.<//>`
        : html`<${Timeline} windows=${[...timed].reverse()} rules=${rules} now=${now} />`}</section>
  </section>`;
}
