// The page of a world that is not there: which worlds are, and how it could be.
import { html, useEffect, useStore } from "./lib.js";
import { consoleOf, worldName } from "./http.js";
import { model, refresh } from "./model.js";
import { act } from "./actions.js";
import { follow } from "./stream.js";
import { Button } from "./ui.js";
import { Shell } from "./shell.js";

export function Nowhere() {
  const worlds = useStore(model, (m) => m.worlds);
  useEffect(refresh.worlds, []);
  const create = async () => {
    const made = await act({ method: "PUT", path: `/worlds/${encodeURIComponent(worldName)}`, body: {}, command: ["world", "create", worldName], says: `World ${worldName} was created` });
    if (made) follow();
  };
  return html`<main class="nowhere"><section class="card" aria-labelledby="nowhere-title"><div class="brand"><img src="icon.svg" alt="" width="24" height="24" /><span>capisim</span></div>
      <h1 id="nowhere-title">There is no world ${worldName}</h1>
      <p>Nobody has made it, or it has ended: by hand, or because it was idle for longer than it was given.</p>
      <div class="buttons"><${Button} kind="primary" onClick=${create}>Create it<//><a class="button" href=${consoleOf("default")}>To the default world</a></div>
      ${worlds && html`<h2>The worlds of this server</h2><ul>${worlds.map((w) => html`<li key=${w.name}><a href=${consoleOf(w.name)}>${w.name}</a> <span class="muted">plays ${w.scenario}</span></li>`)}</ul>`}</section></main>
    <${Shell} />`;
}
