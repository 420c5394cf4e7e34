// Worlds: the same server in full, many times.
import { html, useEffect, useState, useStore } from "./lib.js";
import { consoleOf } from "./http.js";
import { model, refresh } from "./model.js";
import { act } from "./actions.js";
import { milliseconds, number } from "./format.js";
import { Badge, Button, Empty, Field, SureButton, copy } from "./ui.js";
import { Snapshots } from "./snapshot.js";
import { dress } from "./dress.js";

function Create({ scenarios }) {
  const [draft, setDraft] = useState({ name: "", scenario: "", ttl: "", port: false });
  const change = (part) => setDraft((d) => ({ ...d, ...part }));
  const bad = draft.ttl !== "" && !(milliseconds(draft.ttl) > 0);
  const create = async (event) => {
    event.preventDefault();
    const body = {};
    const command = ["world", "create"];
    if (draft.name) { body.name = draft.name; command.push(draft.name); }
    if (draft.scenario) { body.scenario = draft.scenario; command.push("--play", draft.scenario); }
    if (draft.ttl) { body.ttl = draft.ttl; command.push("--ttl", draft.ttl); }
    if (draft.port) { body.listen = "127.0.0.1:0"; command.push("--at", body.listen); }
    const made = await act({ method: "POST", path: "/worlds", body, command, after: ["worlds", "overview"], says: draft.name ? `World ${draft.name} was created` : "A world was created" });
    if (made) change({ name: "" });
  };
  return html`<form class="card create" onSubmit=${create}><h2>New world</h2><div class="create-fields">
    <${Field} label="Name" hint="left out: one is made up"><input value=${draft.name} maxlength="63" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" placeholder="checkout-tests" autocomplete="off" onInput=${(e) => change({ name: e.target.value.trim() })} /><//>
    <${Field} label="Scenario"><select value=${draft.scenario} onChange=${(e) => change({ scenario: e.target.value })}><option value="">as the default world</option>${scenarios.map((s) => html`<option key=${s.name} value=${s.name} disabled=${Boolean(s.broken) && !s.kept}>${s.name}</option>`)}</select><//>
    <${Field} label="Ends when idle for" hint=${bad ? html`<span class="mistake" role="alert">A duration such as 10m</span>` : "left out: never"}><input value=${draft.ttl} placeholder="10m" aria-invalid=${bad ? "true" : undefined} onInput=${(e) => change({ ttl: e.target.value.trim() })} /><//>
    </div><label class="check"><input type="checkbox" checked=${draft.port} onChange=${(e) => change({ port: e.target.checked })} /><span>A port of its own, for clients that cannot keep a path</span></label>
    <div class="buttons"><button type="submit" class="button primary" disabled=${bad}>Create</button></div></form>`;
}

/** What there is to say of a world: names, which head the columns or, where there
 * is no room for these, stand before the values; the values; classes. */
const factsOf = (world) => [
  ["Scenario", world?.scenario], ["Processes", number(world?.counts.processes ?? 0), "num"], ["Rules", number(world?.rules ?? 0), "num"],
  ["Requests", number(world?.requests ?? 0), "num"], ["Clock", world?.clock.mode], ["Ends when idle", world?.ttl ?? "never", "num"],
];

function Row({ world, here }) {
  const remove = () => act({ method: "DELETE", path: `/worlds/${encodeURIComponent(world.name)}`, command: ["world", "delete", world.name], after: ["worlds", "overview"], says: `World ${world.name} has ended; its coverage stays in the sum` });
  return html`<tr class=${here ? "is-here" : ""}><th scope="row"><a href=${consoleOf(world.name)} aria-current=${here ? "true" : undefined}>${world.name}</a>${here && html` <${Badge} tone="info">this one<//>`}
      <span class="world-url"><code>${world.url}</code><${Button} kind="quiet small" label=${`Copy the address of ${world.name}`} onClick=${() => copy(world.url)}>Copy<//></span></th>
    ${factsOf(world).map(([name, value, kind]) => html`<td key=${name} class=${kind} data-label=${name}>${value}</td>`)}
    <td class="row-actions">${!here && html`<a class="button quiet small" href=${`#worlds/compare/${encodeURIComponent(world.name)}`} aria-label=${`Compare with ${world.name}`}>Compare</a> <a class="button small" href=${consoleOf(world.name)} aria-label=${`Switch to ${world.name}`}>Switch</a>`}
      ${world.name !== "default" && !here && html`<${SureButton} label=${`Delete ${world.name}`} sure="Really delete?" onClick=${remove}>Delete<//>`}</td></tr>`;
}

export function Worlds() {
  const worlds = useStore(model, (m) => m.worlds);
  const scenarios = useStore(model, (m) => m.scenarios);
  const overview = useStore(model, (m) => m.overview);
  useEffect(() => {
    dress("worlds.css");
    refresh.worlds();
    refresh.scenarios();
    const timer = setInterval(refresh.worlds, 5000); // other worlds send no events here
    return () => clearInterval(timer);
  }, []);
  return html`<section aria-labelledby="worlds-title">
    <div class="section-head"><div><h1 id="worlds-title">Worlds</h1><p class="lead">Each world has its own state, faults, clock and journal. Give each parallel test one.</p></div></div>
    ${worlds
      ? html`<table class="table worlds"><caption class="offscreen">Worlds</caption><thead><tr><th scope="col">World</th>${factsOf().map(([name, , kind]) => html`<th key=${name} scope="col" class=${kind}>${name}</th>`)}<th scope="col"><span class="offscreen">Actions</span></th></tr></thead>
          <tbody>${worlds.map((w) => html`<${Row} key=${w.name} world=${w} here=${w.name === overview?.world} />`)}</tbody></table>
        ${overview && html`<${Snapshots} worlds=${worlds} overview=${overview} />`}
        <${Create} scenarios=${scenarios} />`
      : html`<${Empty} title="Worlds are managed on the default world">This world has a port of its own. Open the console of the server that made it.<//>`}
  </section>`;
}
