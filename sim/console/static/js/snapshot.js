// Snapshots: copies of this world, and the way back to one of them.
import { html } from "./lib.js";
import { act, notify } from "./actions.js";
import { consoleOf, send } from "./http.js";
import { refreshAll } from "./model.js";
import { plural } from "./format.js";
import { Button, SureButton } from "./ui.js";

const undoable = 2000; // processes up to which the state before is kept to undo it

/** The next free name of a snapshot. */
function nameFor(world, worlds) {
  const base = `${world.slice(0, 45)}-snapshot-`;
  const taken = worlds.map((w) => (w.name.startsWith(base) ? Number(w.name.slice(base.length)) || 0 : 0));
  return base + (Math.max(0, ...taken) + 1);
}

const stateOf = async (world) => (await send("GET", "/state", undefined, { world })).text();

export function Snapshots({ worlds, overview }) {
  const here = overview.world;
  const taken = worlds.filter((w) => w.from === here);
  const take = () => {
    const name = nameFor(here, worlds);
    return act({ method: "POST", path: "/worlds", body: { name, from: here }, command: ["world", "create", name, "--from", here], after: ["worlds"], says: `${here} is kept as ${name}` });
  };
  const back = async (name) => {
    try {
      const before = overview.counts.processes <= undoable ? await stateOf() : undefined;
      const put = (body, says, undo) => ({ method: "PUT", path: "/state", body, file: "state.json", command: null, says, undo, after: ["overview", "faults"] });
      const undo = before && put(before, `${here} is as it was before`);
      if (await act(put(await stateOf(name), `${here} is as it was in ${name}; its journal and coverage stay`, undo))) refreshAll();
    } catch (error) {
      notify("bad", error.message);
    }
  };
  return html`<section class="card snapshots" aria-labelledby="snapshots-title"><div class="card-head"><h2 id="snapshots-title">Snapshots of ${here}</h2><${Button} kind="primary" onClick=${take}>Take a snapshot<//></div>
    <p class="muted">A snapshot is a world of its own: state, rules with their progress, logins and clock, as they are now. Going back undoes everything since; the journal and the coverage stay.</p>
    ${taken.length > 0 && html`<ul>${taken.map((w) => html`<li key=${w.name}><a href=${consoleOf(w.name)}>${w.name}</a> <span class="muted num">${w.scenario}, ${plural(w.counts.processes, "process", "processes")}, ${plural(w.rules, "rule")}</span>
      <span class="row-actions"><${SureButton} label=${`Go back to ${w.name}`} sure="Really go back?" onClick=${() => back(w.name)}>Go back to it<//></span></li>`)}</ul>`}</section>`;
}
