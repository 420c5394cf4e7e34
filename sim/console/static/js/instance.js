// What stats say of one instance, field by field. It knows the form in which the
// admin API takes and shows an instance: a key left out is automatic, null is null.
import { html, useState } from "./lib.js";
import { act } from "./actions.js";
import { instanceStates } from "./format.js";
import { Button, Field } from "./ui.js";

/** The action that makes an instance what a set of keys says; none gives it back. */
export function forceInstance(guid, is, set, says) {
  const path = `/processes/${encodeURIComponent(guid)}/instances/${is.index}`;
  const force = (body, words) => (Object.keys(body).length === 0 ? { method: "DELETE", path, command: null, says: words } : { method: "PUT", path, body, command: null, says: words });
  return { ...force(set, says), undo: force(setOf(is), `Instance ${is.index} is as before`) };
}

/** What was set of an instance by hand. */
export function setOf(is) {
  const { index, ...set } = is.set ?? {};
  return set;
}

/** An instance in another state, or in the lifecycle's; what else was set stays. */
export function inState(set, state, details) {
  const { state: before, since, details: error, ...rest } = set;
  return { ...(state && { state }), ...(details && { details }), ...rest };
}

const kinds = { text: "text", whole: "number", share: "number" };

const keys = [
  ["details", "Placement error, or reason of a crash", "text"],
  ["host", "Host", "text"],
  ["instance_internal_ip", "Internal IP", "text"],
  ["isolation_segment", "Isolation segment", "text", true],
  ["mem_quota", "Memory quota (bytes)", "whole", true],
  ["disk_quota", "Disk quota (bytes)", "whole", true],
  ["log_rate_limit", "Log rate limit (bytes/s)", "whole", true],
];
const figures = [
  ["cpu", "CPU (cores)", "share"], ["cpu_entitlement", "CPU of entitlement", "share", true],
  ["mem", "Memory (bytes)", "whole"], ["disk", "Disk (bytes)", "whole"], ["log_rate", "Log rate (bytes/s)", "whole"],
];
const ports = [
  ["external", "External"], ["internal", "Internal"], ["external_tls_proxy_port", "External TLS", true], ["internal_tls_proxy_port", "Internal TLS", true],
];

/** An object with one key changed; undefined takes it away. */
function changed(object, key, value) {
  const { [key]: before, ...rest } = object;
  return value === undefined ? rest : { ...rest, [key]: value };
}

const counted = new Set([...keys, ...figures].filter(([, , kind]) => kind !== "text").map(([key]) => key).concat(ports.map(([key]) => key)));

/** What is typed, as the server reads it: of some keys a number. */
function read(value, key) {
  if (Array.isArray(value)) return value.map((one) => read(one));
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, read(one, name)]));
  return typeof value === "string" && counted.has(key) ? Number(value) : value;
}

const same = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** A value that is automatic, null where that is allowed, or what is typed. */
function Value({ label, kind, nullable, value, onChange }) {
  const mode = value === undefined ? "auto" : value === null ? "null" : "set";
  const number = kind !== "text";
  const choose = (to) => onChange(to === "auto" ? undefined : to === "null" ? null : number ? "0" : "");
  const type = (text) => onChange(number && text === "" ? undefined : text);
  return html`<div class="field" role="group" aria-label=${label}><span class="field-label">${label}</span><span class="set-line">
    <input type=${kinds[kind]} step=${kind === "share" ? "any" : undefined} aria-label=${label} placeholder=${mode === "null" ? "null" : "automatic"} value=${String(value ?? "")} onInput=${(e) => type(e.target.value)} />
    <select aria-label=${`${label}: how`} value=${mode} onChange=${(e) => choose(e.target.value)}><option value="auto">automatic</option>${nullable && html`<option value="null">null</option>`}<option value="set">set</option></select></span></div>`;
}

const Values = ({ of, set, onChange }) => html`<div class="two">${of.map(([key, label, kind, nullable]) => html`<${Value} key=${key} label=${label} kind=${kind} nullable=${nullable} value=${set[key]} onChange=${(value) => onChange(changed(set, key, value))} />`)}</div>`;

function Ports({ list, onChange }) {
  const put = (i, key, text, nullable) => onChange(list.map((port, j) => (i === j ? { ...port, [key]: text === "" && nullable ? null : text } : port)));
  return html`<div class="ports">${list.map((port, i) => html`<div class="port" role="group" aria-label=${`Port mapping ${i + 1}`}>
      ${ports.map(([key, label, nullable]) => html`<${Field} key=${key} label=${label}><input type="number" min="0" max="65535" placeholder=${nullable ? "null" : undefined} value=${String(port[key] ?? "")} onInput=${(e) => put(i, key, e.target.value, nullable)} /><//>`)}
      <${Button} kind="small" label=${`Remove port mapping ${i + 1}`} onClick=${() => onChange(list.filter((_, j) => j !== i))}>✕<//></div>`)}
    ${list.length === 0 && html`<p class="muted">No ports.</p>`}
    <div><${Button} kind="small" onClick=${() => onChange([...list, { external: 0, internal: 8080, external_tls_proxy_port: null, internal_tls_proxy_port: null }])}>Add a port mapping<//></div></div>`;
}

function Select({ label, value, options, onChange }) {
  return html`<${Field} label=${label}><select value=${value} onChange=${(e) => onChange(e.target.value)}>${options.map(([key, text]) => html`<option key=${key} value=${key}>${text}</option>`)}</select><//>`;
}

const words = (value) => (value === undefined ? "auto" : String(value));
const choices = { auto: undefined, true: true, false: false, null: null };

/** The form of one instance, made anew when what was set of it changes. */
export function Facts({ guid, is }) {
  const before = setOf(is);
  const [set, change] = useState(before);
  const put = (key) => (value) => change((s) => changed(s, key, value));
  const wanted = read(set);
  const usage = set.usage === undefined ? "auto" : set.usage === null ? "null" : "set";
  const save = (event) => {
    event.preventDefault();
    act(forceInstance(guid, is, wanted, Object.keys(wanted).length === 0 ? `Instance ${is.index} follows its lifecycle again` : `Instance ${is.index} was set`));
  };
  return html`<form class="edit instance-facts" aria-label=${`Instance ${is.index}`} onSubmit=${save} noValidate>
    <div class="two"><${Select} label="State" value=${set.state ?? ""} options=${[["", "automatic"], ...instanceStates.map((s) => [s, s])]} onChange=${(state) => change((s) => inState(s, state, s.details))} />
      ${set.state && html`<${Field} label="Since (UTC)"><input type="datetime-local" step="1" value=${(set.since ?? "").slice(0, 19)} onInput=${(e) => put("since")(e.target.value ? new Date(`${e.target.value}Z`).toISOString() : undefined)} /><//>`}
      <${Select} label="Routable" value=${words(set.routable)} options=${[["auto", "automatic"], ["true", "true"], ["false", "false"], ["null", "null"]]} onChange=${(word) => put("routable")(choices[word])} /></div>
    <${Values} of=${keys} set=${set} onChange=${change} />
    <fieldset class="group" aria-label="Ports"><${Select} label="Port mappings" value=${set.instance_ports ? "set" : "auto"} options=${[["auto", "automatic"], ["set", "these"]]} onChange=${(mode) => put("instance_ports")(mode === "set" ? [] : undefined)} />
      ${set.instance_ports && html`<${Ports} list=${set.instance_ports} onChange=${put("instance_ports")} />`}</fieldset>
    <fieldset class="group" aria-label="Usage"><${Select} label="Usage" value=${usage} options=${[["auto", "automatic"], ["null", "null: no metrics"], ["set", "these"]]} onChange=${(mode) => put("usage")({ auto: undefined, null: null, set: {} }[mode])} />
      ${usage === "set" && html`<${Values} of=${figures} set=${set.usage} onChange=${put("usage")} />`}</fieldset>
    <div class="buttons"><button type="submit" class="button primary" disabled=${same(before, wanted)}>Save</button>
      ${!same(before, wanted) && html`<${Button} onClick=${() => change(before)}>Discard<//>`}
      ${is.forced && html`<${Button} onClick=${() => act(forceInstance(guid, is, {}, `Instance ${is.index} follows its lifecycle again`))}>Make all automatic<//>`}</div></form>`;
}
