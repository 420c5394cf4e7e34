// The rules of the world, and how each of them stands.
import { html } from "./lib.js";
import { act, clearRule, patchRule, ruleOnly } from "./actions.js";
import { effect, extent, narrowing, short, stepsOf } from "./format.js";
import { Handle, moveRule } from "./order.js";
import { Button, Empty } from "./ui.js";

const most = 50; // rules that are listed

const editor = (kind, id) => `#answers/${kind}/${encodeURIComponent(id)}`;

function Rule({ rule, ids, stands, first, onAdjust }) {
  const off = stands.state === "off";
  const live = stands.state === "active" || stands.state === "scheduled";
  return html`<li class=${live ? "" : "spent"}>
    <div class="rule-text"><strong class="rule-id">${ids.length > 1 && html`<${Handle} id=${rule.id} ids=${ids} />`}${rule.id}</strong>
      <span class="rule-effect">${effect(rule)}</span><span class="muted">${extent(rule, stands)}</span>
      ${live && rule.step > 0 && html`<span class="rule-step">next is step ${rule.step} of ${rule.sequence.length}: ${stepsOf(rule)[rule.step - 1]}</span>`}
      ${narrowing(rule) && html`<span class="muted">only ${narrowing(rule)}</span>`}
      <span class="muted num">${short(rule.injected)} injected of ${short(rule.matched)} matched</span></div>
    <div class="rule-actions"><a class="button quiet small" href=${editor("rule", rule.id)} aria-label=${`Edit ${rule.id}`}>Edit</a>
      <a class="button quiet small" href=${editor("copy", rule.id)} aria-label=${`Duplicate ${rule.id}`}>Duplicate</a>
      <a class="button quiet small" href=${editor("why", rule.id)} aria-label=${`Why has ${rule.id} not fired?`}>Why?</a>
      <${Button} kind="quiet small" label=${`Switch ${rule.id} ${off ? "on" : "off"}`} onClick=${() => act(patchRule(rule, { enabled: off }, `Rule ${rule.id} is switched ${off ? "on" : "off"}`))}>${off ? "On" : "Off"}<//>
      ${!first && html`<${Button} kind="quiet small" label=${`Let ${rule.id} decide first`} onClick=${() => moveRule(ids, rule.id, 0)}>First<//>`}
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
  const ids = faults.map((rule) => rule.id);
  return html`${add}<ul class="rules">${faults.slice(0, most).map((rule, i) => html`<${Rule} key=${rule.id} rule=${rule} ids=${ids} stands=${standingOf(rule)} first=${i === 0} onAdjust=${onAdjust(rule)} />`)}</ul>
    ${total > most && html`<p class="muted">and ${total - most} more</p>`}
    ${total > 1 && html`<${Button} kind="quiet clear-all" onClick=${clearAll}>Clear all ${total}<//>`}`;
}
