// One process: its instances, its app, and every field by hand.
import { html, useEffect, useState } from "./lib.js";
import { act } from "./actions.js";
import { instanceStates, stateTone } from "./format.js";
import { Badge, Button, Field, Pager } from "./ui.js";
import { Drawer } from "./drawer.js";
import { Facts, forceInstance, inState, setOf } from "./instance.js";
import { useFresh } from "./processes.js";

const perPage = 50;

// A running instance that fails its readiness check: a state of its own here.
const unready = "RUNNING, not routable";

const held = (is) => (!is.set?.state ? "" : is.set.state === "RUNNING" && is.set.routable === false ? unready : is.set.state);

/** The action that holds an instance in a state; "" gives the state back. */
function hold(guid, is, state, details) {
  const { routable, ...rest } = setOf(is);
  const set = held(is) === unready || state === unready ? rest : setOf(is);
  const into = state === unready ? { ...inState(set, "RUNNING"), routable: false } : inState(set, state, details);
  return forceInstance(guid, is, into, state ? `Instance ${is.index} is ${state}` : `Instance ${is.index} follows its lifecycle again`);
}

function Instance({ guid, is, stopped }) {
  const [open, setOpen] = useState(false);
  const restart = { method: "POST", path: `/processes/${encodeURIComponent(guid)}/instances/${is.index}/restart`, command: null, says: `Instance ${is.index} was restarted` };
  return html`<li class="instance"><span class="num instance-index">${is.index}</span>
    <span class="instance-state"><${Badge} tone=${stateTone(is.state)}>${is.state}<//>${is.state === "RUNNING" && is.routable === false && html`<span class="muted"> not routable</span>`}${is.forced && html`<span class="muted"> ${is.set.state ? "held" : "set by hand"}</span>`}${is.details && html`<span class="muted instance-details">${is.details}</span>`}</span>
    <span class="instance-actions">
      <${Button} kind="small" label=${`Crash instance ${is.index}`} disabled=${is.state === "CRASHED" && is.forced} onClick=${() => act(hold(guid, is, "CRASHED", "crashed by hand"))}>Crash<//>
      <${Button} kind="small" label=${`Restart instance ${is.index}`} disabled=${stopped} onClick=${() => act(restart)}>Restart<//>
      <select aria-label=${`Hold instance ${is.index} in a state`} value=${held(is)} onChange=${(e) => act(hold(guid, is, e.target.value))}>
        <option value="">automatic</option>${[...instanceStates, unready].map((s) => html`<option key=${s} value=${s}>hold ${s}</option>`)}</select>
      <${Button} kind="small" label=${`Set what stats say of instance ${is.index}`} aria-expanded=${String(open)} onClick=${() => setOpen(!open)}>Set…<//></span>
    ${open && html`<${Facts} key=${JSON.stringify(is.set)} guid=${guid} is=${is} />`}</li>`;
}

function Instances({ guid, stopped }) {
  const [page, setPage] = useState(1);
  const { data } = useFresh(`/processes/${encodeURIComponent(guid)}/instances?page=${page}&per_page=${perPage}`, 100);
  if (!data) return html`<p class="muted">…</p>`;
  if (data.pagination.total_results === 0) return html`<p class="muted">Scaled to none.</p>`;
  return html`<ul class="instances">${data.resources.map((is) => html`<${Instance} key=${is.index} guid=${guid} is=${is} stopped=${stopped} />`)}</ul>
    <${Pager} pagination=${data.pagination} page=${page} perPage=${perPage} onPage=${setPage} />`;
}

function App({ guid }) {
  const { data: app } = useFresh(`/apps/${encodeURIComponent(guid)}`, 100);
  if (!app) return null;
  const path = `/apps/${encodeURIComponent(guid)}`;
  const set = (body, back, says) => act({ method: "PATCH", path, body, command: null, says, undo: { method: "PATCH", path, body: back, command: null, says: "As before" } });
  const started = app.state === "STARTED";
  return html`<div class="app-line"><span><strong>${app.name}</strong> <${Badge} tone=${started ? "ok" : "none"}>${app.state}<//></span>
    <${Button} onClick=${() => set({ state: started ? "STOPPED" : "STARTED" }, { state: app.state }, `${app.name} was ${started ? "stopped" : "started"}`)}>${started ? "Stop" : "Start"}<//>
    <label class="check"><input type="checkbox" checked=${app.deploying} onChange=${(e) => set({ deploying: e.target.checked }, { deploying: app.deploying }, `${app.name} is ${e.target.checked ? "" : "not "}deploying`)} />
      <span>Deploying: its web process cannot be changed</span></label></div>`;
}

const numeric = { instances: 0, memory_in_mb: 1, disk_in_mb: 1, log_rate_limit_in_bytes_per_second: -1 };
const words = {
  command: "Command", user: "User", instances: "Instances", memory_in_mb: "Memory (MB)", disk_in_mb: "Disk (MB)", log_rate_limit_in_bytes_per_second: "Log rate (bytes/s)",
};

const checkText = (check, key) => String(check?.data?.[key] ?? "");

/** The fields of a form, as text, of a process. */
function fieldsOf(process) {
  const fields = {};
  for (const key of Object.keys(words)) fields[key] = process[key] === undefined || process[key] === null ? "" : String(process[key]);
  for (const kind of ["health_check", "readiness_health_check"]) {
    fields[`${kind}.type`] = process[kind]?.type ?? "";
    for (const key of ["endpoint", "timeout", "invocation_timeout", "interval"]) fields[`${kind}.${key}`] = checkText(process[kind], key);
  }
  fields.labels = JSON.stringify(process.metadata?.labels ?? {});
  fields.annotations = JSON.stringify(process.metadata?.annotations ?? {});
  return fields;
}

/** The merge patch of what differs. An emptied field is null: as when left out. */
function patchOf(before, after) {
  const patch = {};
  const value = (key, text) => (text === "" ? null : /timeout|interval/.test(key) || key in numeric ? Number(text) : text);
  for (const [key, text] of Object.entries(after)) {
    if (text === before[key]) continue;
    const [kind, part] = key.split(".");
    if (part === undefined) {
      if (key === "labels" || key === "annotations") (patch.metadata ??= {})[key] = merge(parsedOr(before[key]), parsedOr(text));
      else patch[key] = value(key, text);
    } else {
      const check = (patch[kind] ??= {});
      if (part === "type") check.type = text || null;
      else (check.data ??= {})[part] = value(part, text);
    }
  }
  return patch;
}

/** A merge patch that also takes away the keys that are gone. */
function merge(before, after) {
  if (typeof after !== "object" || after === null || Array.isArray(after)) return after; // the server says what is wrong with it
  const gone = Object.keys(before ?? {}).filter((key) => !(key in after));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, null])) };
}

function parsedOr(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return text; // likewise
  }
}

function Check({ kind, title, fields, change }) {
  const input = (key, label, type) => html`<${Field} label=${label}><input type=${type ?? "number"} value=${fields[`${kind}.${key}`]} onInput=${(e) => change(`${kind}.${key}`, e.target.value)} /><//>`;
  return html`<fieldset class="group"><legend>${title}</legend><div class="two">
    <${Field} label="Type"><select value=${fields[`${kind}.type`]} onChange=${(e) => change(`${kind}.type`, e.target.value)}>${["port", "process", "http", ...(kind === "health_check" ? ["none"] : [])].map((t) => html`<option key=${t} value=${t}>${t}</option>`)}</select><//>
    ${input("endpoint", "Endpoint", "text")}${kind === "health_check" && input("timeout", "Timeout (s)")}${input("invocation_timeout", "Invocation timeout (s)")}${input("interval", "Interval (s)")}</div></fieldset>`;
}

function Edit({ process }) {
  const before = fieldsOf(process);
  const mark = JSON.stringify(before);
  const [edits, setEdits] = useState({});
  useEffect(() => setEdits({}), [mark]);
  const fields = { ...before, ...edits };
  const change = (key, text) => setEdits((e) => ({ ...e, [key]: text }));
  const patch = patchOf(before, fields);
  const save = (event) => {
    event.preventDefault();
    const path = `/processes/${encodeURIComponent(process.guid)}`;
    act({ method: "PATCH", path, body: patch, command: null, says: "The process was changed",
      undo: { method: "PATCH", path, body: patchOf(fields, before), command: null, says: "The process is as before" } });
  };
  return html`<form onSubmit=${save} class="edit"><div class="two">
      ${Object.entries(words).map(([key, label]) => html`<${Field} key=${key} label=${label}><input type=${key in numeric ? "number" : "text"} min=${numeric[key]} value=${fields[key]} onInput=${(e) => change(key, e.target.value)} /><//>`)}</div>
    <details><summary>Health checks</summary><${Check} kind="health_check" title="Health check" fields=${fields} change=${change} />
      <${Check} kind="readiness_health_check" title="Readiness health check" fields=${fields} change=${change} /></details>
    <details><summary>Labels and annotations</summary>${["labels", "annotations"].map((key) => html`<${Field} key=${key} label=${key === "labels" ? "Labels (JSON)" : "Annotations (JSON)"}>
      <textarea rows="2" value=${fields[key]} onInput=${(e) => change(key, e.target.value)} spellcheck=${false}></textarea><//>`)}</details>
    <div class="buttons"><button type="submit" class="button primary" disabled=${Object.keys(patch).length === 0}>Save</button>
      ${Object.keys(patch).length > 0 && html`<${Button} onClick=${() => setEdits({})}>Discard<//>`}</div>
    <p class="muted">Fields are forced as they are: no quota and no rule of the API is asked. An emptied field gets the value of one that was left out.</p></form>`;
}

export function Process({ guid, onClose }) {
  const { data, problem } = useFresh(`/processes/${encodeURIComponent(guid)}`, 100);
  const { data: app } = useFresh(data ? `/apps/${encodeURIComponent(data.app)}` : null, 100);
  return html`<${Drawer} title=${data ? `${app?.name ?? ""} ${data.type}` : "Process"} onClose=${onClose}>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}
    ${data && html`<p class="mono muted guid">${guid}</p>
      <section><h3>App</h3><${App} guid=${data.app} /></section>
      <section><h3>Instances</h3><${Instances} guid=${guid} stopped=${app?.state === "STOPPED"} /></section>
      <section><h3>Fields</h3><${Edit} process=${data} /></section>`}
  <//>`;
}
