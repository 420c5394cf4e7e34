// The rules of the world, and how each of them stands.
import { html } from "./lib.js";
import { act, clearRule, ruleOnly } from "./actions.js";
import { effect, extent, narrowing, short } from "./format.js";
import { Button, Empty } from "./ui.js";

const most = 50; // rules that are listed

function Rule({ rule, stands, onAdjust }) {
  const live = stands.state === "active" || stands.state === "scheduled";
  return html`<li class=${live ? "" : "spent"}>
    <div class="rule-text"><strong class="rule-id">${rule.id}</strong>
      <span class="rule-effect">${effect(rule)}</span><span class="muted">${extent(rule, stands)}</span>
      ${narrowing(rule) && html`<span class="muted">only ${narrowing(rule)}</span>`}
      <span class="muted num">${short(rule.injected)} injected of ${short(rule.matched)} matched</span></div>
    <div class="rule-actions">${onAdjust && html`<${Button} kind="quiet small" label=${`Adjust ${rule.id}`} onClick=${onAdjust}>Adjust<//>`}
      <${Button} kind="quiet small" label=${`Clear ${rule.id}`} onClick=${() => act(clearRule(rule))}>Clear<//></div>
  </li>`;
}

export function Rules({ faults, total, standingOf, onAdjust }) {
  if (total === 0) {
    return html`<${Empty} title="Nothing is injected">Every request gets the answer the real server would give. Click a cell of the matrix to change that.<//>`;
  }
  const clearAll = () => act({ method: "DELETE", path: "/faults", command: ["fault", "clear"], says: "All rules are gone", after: ["faults"], holds: (rules) => rules.length === 0,
    undo: { method: "POST", path: "/faults", body: [...faults].reverse().map(ruleOnly), command: null, says: "All rules are back", after: ["faults"] } });
  return html`<ul class="rules">${faults.slice(0, most).map((rule) => html`<${Rule} key=${rule.id} rule=${rule} stands=${standingOf(rule)} onAdjust=${onAdjust(rule)} />`)}</ul>
    ${total > most && html`<p class="muted">and ${total - most} more</p>`}
    ${total > 1 && html`<${Button} kind="quiet clear-all" onClick=${clearAll}>Clear all ${total}<//>`}`;
}
