// What came of an action, and the same action as a command: one bar with room of
// its own, so that neither hides what it is about.
import { html, useState, useStore } from "./lib.js";
import { act, dismiss, notices } from "./actions.js";
import { Button, copy } from "./ui.js";

function Notices() {
  const list = useStore(notices, (n) => n.list);
  const undo = (notice) => {
    dismiss(notice.id);
    act(notice.undo);
  };
  return html`<div class="notices" role="status" aria-live="polite">${list.map((n) => html`<div key=${n.id} class=${`toast ${n.tone}`}><span>${n.text}</span>
    ${n.undo && html`<${Button} kind="small" onClick=${() => undo(n)}>Undo<//>`}<${Button} kind="quiet small" label="Dismiss" onClick=${() => dismiss(n.id)}>✕<//></div>`)}</div>`;
}

/** The last action as a command, always in the same place. */
export function Shell() {
  const last = useStore(notices, (n) => n.last);
  const [kind, setKind] = useState("capisim");
  const text = last && (last[kind] || last.curl);
  const name = last && last[kind] ? kind : "curl";
  return html`<footer class="shell" aria-label="The last action as a command"><${Notices} />
    <div class="shell-kinds" role="group" aria-label="Kind of command">${["capisim", "curl"].map((k) => html`<button key=${k} type="button" aria-pressed=${String(k === (last ? name : kind))} disabled=${last && !last[k]} title=${last && !last[k] ? "capisim has no command for this" : undefined} onClick=${() => setKind(k)}>${k}</button>`)}</div>
    <code class="shell-line" tabindex="0">${text ?? "What you do here appears as a command to copy."}</code>
    <${Button} kind="small" disabled=${!text} onClick=${() => copy(text)} label="Copy the command">Copy<//></footer>`;
}
