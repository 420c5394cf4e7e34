// The rules of the world, and how each of them stands.
import { html } from "./lib.js";
import { act, clearRule, patchRule, putRule, ruleOnly } from "./actions.js";
import { effect, extent, narrowing, short } from "./format.js";
import { Button, Empty } from "./ui.js";

const most = 50; // rules that are listed

const editor = (kind, id) => `#answers/${kind}/${encodeURIComponent(id)}`;

function Rule({ rule, stands, first, onAdjust }) {
  const off = stands.state === "off";
  const lead = () => act(putRule(ruleOnly(rule), `Rule ${rule.id} decides first; its counters begin anew`));
  const live = stands.state === "active" || stands.state === "scheduled";
  return html`<li class=${live ? "" : "spent"}>
    <div class="rule-text"><strong class="rule-id">${rule.id}</strong>
      <span class="rule-effect">${effect(rule)}</span><span class="muted">${extent(rule, stands)}</span>
      ${narrowing(rule) && html`<span class="muted">only ${narrowing(rule)}</span>`}
      <span class="muted num">${short(rule.injected)} injected of ${short(rule.matched)} matched</span></div>
    <div class="rule-actions"><a class="button quiet small" href=${editor("rule", rule.id)} aria-label=${`Edit ${rule.id}`}>Edit</a>
      <a class="button quiet small" href=${editor("copy", rule.id)} aria-label=${`Duplicate ${rule.id}`}>Duplicate</a>
      <a class="button quiet small" href=${editor("why", rule.id)} aria-label=${`Why has ${rule.id} not fired?`}>Why?</a>
      <${Button} kind="quiet small" label=${`Switch ${rule.id} ${off ? "on" : "off"}`} onClick=${() => act(patchRule(rule, { enabled: off }, `Rule ${rule.id} is switched ${off ? "on" : "off"}`))}>${off ? "On" : "Off"}<//>
      ${!first && html`<${Button} kind="quiet small" label=${`Let ${rule.id} decide first`} onClick=${lead}>First<//>`}
      ${onAdjust && html`<${Button} kind="quiet small" label=${`Adjust ${rule.id}`} onClick=${onAdjust}>Adjust<//>`}
      <${Button} kind="quiet small" label=${`Clear ${rule.id}`} onClick=${() => act(clearRule(rule))}>Clear<//></div>
  </li>`;
}

export function Rules({ faults, total, standingOf, onAdjust }) {
  const add = html`<a class="button small" href="#answers/new">New rule…</a>`;
  if (total === 0) {
    return html`${add}<${Empty} title="Nothing is injected">Every request gets the answer the real server would give. Click a cell of the matrix to change that.<//>`;
  }
  const clearAll = () => act({ method: "DELETE", path: "/faults", command: ["fault", "clear"], says: "All rules are gone", after: ["faults"], holds: (rules) => rules.length === 0,
    undo: { method: "POST", path: "/faults", body: [...faults].reverse().map(ruleOnly), command: null, says: "All rules are back", after: ["faults"] } });
  return html`${add}<ul class="rules">${faults.slice(0, most).map((rule, i) => html`<${Rule} key=${rule.id} rule=${rule} stands=${standingOf(rule)} first=${i === 0} onAdjust=${onAdjust(rule)} />`)}</ul>
    ${total > most && html`<p class="muted">and ${total - most} more</p>`}
    ${total > 1 && html`<${Button} kind="quiet clear-all" onClick=${clearAll}>Clear all ${total}<//>`}`;
}
