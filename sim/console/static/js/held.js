// A request whose answer is held back: until when, and by what.
import { html, useEffect, useStore } from "./lib.js";
import { ask } from "./http.js";
import { model } from "./model.js";
import { act, clearRule } from "./actions.js";
import { timeOfDay } from "./format.js";
import { Button } from "./ui.js";
import { Left } from "./latest.js";

const look = 700; // milliseconds from one look at the journal to the next

/** Says how long it will take; onEnd takes the request when it has its answer. */
export function Held({ view, onEnd }) {
  const frozen = useStore(model, (m) => m.clock?.mode === "frozen");
  const rule = useStore(model, (m) => m.faults.find((one) => one.id === view.rule));
  useEffect(() => {
    const timer = setInterval(async () => {
      const now = await ask("GET", `/requests/${view.id}`).catch((error) => {
        if (error.status === 404) clearInterval(timer); // the journal was cleared
        return view;
      });
      if (!now.held) onEnd(now);
    }, look);
    return () => clearInterval(timer);
  }, [view.id]);
  return html`<div class="notice warn held"><p><strong><${Left} until=${view.held_until} /></strong>, until ${timeOfDay(view.held_until).slice(0, 8)} on this machine's clock.
      ${frozen && " The world's clock stands still; what is held back waits in real time all the same."}</p>
    ${rule && html`<p>Its answer is held by the rule ${rule.id}, and its connection is cut when that is cleared. <${Button} kind="small" onClick=${() => act(clearRule(rule))}>Clear ${rule.id}<//></p>`}</div>`;
}
