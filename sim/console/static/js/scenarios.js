// Scenarios: what the world plays, and what it could play.
import { html, useEffect, useRef, useState, useStore } from "./lib.js";
import { model, refresh, refreshAll } from "./model.js";
import { act, download } from "./actions.js";
import { save } from "./http.js";
import { plural } from "./format.js";
import { Badge, Button } from "./ui.js";
import { Drawer } from "./drawer.js";

const undoable = 2000; // processes up to which the state before a load is kept to undo it

/** Puts the world on a scenario, with a way back; refused takes what is wrong with a file. */
async function load(what, says, overview, file, refused) {
  let before;
  if (overview.counts.processes <= undoable) before = await download({ path: "/state", command: ["state", "--format", "json"] });
  const undo = before && { method: "PUT", path: "/state", body: before, file: "state.json", command: ["load", "state.json"], says: `Back to ${overview.scenario.name} as it was` };
  const done = await act({
    method: "POST", path: "/load", body: file ? what : { scenario: what }, file, command: ["load", file ?? what], says, undo, refused,
  });
  if (done) refreshAll();
}

function Reset({ overview }) {
  const [parts, setParts] = useState({ state: true, faults: true, journal: true, clock: true });
  const only = Object.keys(parts).filter((key) => parts[key]);
  const all = only.length === Object.keys(parts).length;
  const reset = () => act({
    method: "POST", path: "/reset", body: all ? {} : { only }, command: all ? ["reset"] : ["reset", "--only", only.join(",")],
    says: all ? `Everything is as ${overview.scenario.name} has it` : `As the scenario has it: ${only.join(", ")}`,
    after: ["overview", "faults", "coverage"],
  });
  return html`<div class="reset"><fieldset class="inline"><legend>Bring back</legend>${Object.keys(parts).map((key) => html`<label key=${key} class="check"><input type="checkbox" checked=${parts[key]} onChange=${(e) => setParts((p) => ({ ...p, [key]: e.target.checked }))} /><span>${key}</span></label>`)}</fieldset>
    <${Button} onClick=${reset} disabled=${only.length === 0}>Reset<//></div>`;
}

function Current({ overview }) {
  const fetchState = async (format) => {
    const text = await download({ path: format === "yaml" ? "/state?format=yaml" : "/state", command: format === "yaml" ? ["state"] : ["state", "--format", "json"] });
    if (text !== undefined) save(`${overview.scenario.name}.${format}`, format === "yaml" ? "application/yaml" : "application/json", text);
  };
  const { counts } = overview;
  return html`<section class="card current"><div><h2>${overview.scenario.name} <${Badge} tone="info">loaded<//></h2>
      <p>${overview.scenario.description}</p>
      <p class="muted num">${plural(counts.apps ?? 0, "app")}, ${plural(counts.processes, "process", "processes")}, seed ${overview.scenario.seed}, variant ${overview.variant}</p></div>
    <div class="current-actions"><${Reset} overview=${overview} />
      <div class="buttons"><${Button} onClick=${() => fetchState("yaml")}>Download state (YAML)<//><${Button} kind="quiet" onClick=${() => fetchState("json")}>JSON<//></div></div></section>`;
}

function Wrong({ name, problems, onClose }) {
  return html`<${Drawer} title=${`${name} was not loaded`} onClose=${onClose}>
    <p class="notice bad" role="alert">${plural(problems.length, "problem")}, and nothing was changed.</p>
    <section><ul class="findings">${problems.map((p, i) => html`<li key=${i}>${p.pointer && html`<code>${p.pointer}</code> `}${p.detail}</li>`)}</ul></section><//>`;
}

export function Scenarios() {
  const scenarios = useStore(model, (m) => m.scenarios);
  const overview = useStore(model, (m) => m.overview);
  const picker = useRef();
  const [wrong, setWrong] = useState(null); // {name, problems} of a file
  useEffect(refresh.scenarios, []);
  if (!overview) return null;
  const broken = scenarios.filter((s) => s.broken);
  const verb = (s) => (s.name === overview.scenario.name ? "Load again" : "Load");
  const fromFile = async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    await load(await file.text(), `Loaded ${file.name}`, overview, file.name, ({ problems }) => setWrong({ name: file.name, problems }));
    event.target.value = "";
  };
  return html`<section aria-labelledby="scenarios-title">
    <div class="section-head"><div><h1 id="scenarios-title">Scenarios</h1><p class="lead">A scenario is a whole world: apps, users, faults, clock. Loading one replaces this world; its coverage stays.</p></div>
      <div class="buttons"><input type="file" class="offscreen" ref=${picker} accept=".yaml,.yml,.json" tabindex="-1" aria-label="Scenario file" onChange=${fromFile} />
        <${Button} onClick=${() => picker.current.click()}>Load a file…<//></div></div>
    ${broken.length > 0 && html`<div class="notice bad">${broken.map((s) => html`<p key=${s.name}>The file of ${s.name} is broken${s.kept ? ", its last good version stays" : ""}: ${s.broken.split("\n")[0]}</p>`)}</div>`}
    <${Current} overview=${overview} />
    ${wrong && html`<${Wrong} ...${wrong} onClose=${() => setWrong(null)} />`}
    <ul class="cards">${scenarios.map((s) => html`<li key=${s.name} class=${`card ${s.name === overview.scenario.name ? "is-current" : ""}`}>
      <div class="card-head"><h2>${s.name}</h2>${s.source !== "embedded" && html`<${Badge} title=${s.source}>file<//>`}</div>
      <p>${s.description}</p>
      ${s.broken && html`<p class="notice bad">${s.broken}</p><p>${s.kept ? "Its last good version stays until the file is mended." : "There is no good version of it."}</p>`}
      <div class="buttons"><${Button} label=${`${verb(s)} ${s.name}`} disabled=${Boolean(s.broken) && !s.kept} onClick=${() => load(s.name, `Loaded ${s.name}`, overview)}>${verb(s)}<//></div></li>`)}</ul>
  </section>`;
}
