// The parts that the pages are made of.
import { html, useEffect, useState } from "./lib.js";
import { notify } from "./actions.js";

export const Badge = ({ tone = "none", title, children }) => html`<span class=${`badge ${tone}`} title=${title}>${children}</span>`;

export function Button({ kind = "", onClick, disabled, label, pressed, children, ...rest }) {
  return html`<button type="button" class=${`button ${kind}`} onClick=${onClick} disabled=${disabled} aria-label=${label}
    aria-pressed=${pressed === undefined ? undefined : String(pressed)} ...${rest}>${children}</button>`;
}

/** A button for what cannot be undone: the second press does it. */
export function SureButton({ onClick, sure, label, children }) {
  const [asked, ask] = useState(false);
  useEffect(() => {
    if (!asked) return undefined;
    const timer = setTimeout(() => ask(false), 5000);
    return () => clearTimeout(timer);
  }, [asked]);
  const press = () => {
    if (asked) onClick();
    ask(!asked);
  };
  return html`<${Button} kind=${asked ? "danger" : "quiet"} onClick=${press} label=${asked && label ? `${sure} ${label}` : label}>${asked ? sure : children}<//>`;
}

/** What would be lost by leaving: ask is called in place of that, while hash is the place. */
export const guard = { hash: "", ask: null };

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https a browser has no clipboard for a page on another host.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "offscreen";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  notify("ok", "Copied");
}

/** One line of a shell with a button to copy it. */
export const Command = ({ name, text }) =>
  text &&
  html`<div class="command"><span class="command-name">${name}</span><code>${text}</code>
    <${Button} kind="quiet small" onClick=${() => copy(text)} label=${`Copy the ${name} line`}>Copy<//></div>`;

/** The same request as both commands. */
export const Commands = ({ curl, capisim }) =>
  html`<div class="commands"><${Command} name="capisim" text=${capisim} /><${Command} name="curl" text=${curl} /></div>`;

export const Empty = ({ title, children }) => html`<div class="empty"><p class="empty-title">${title}</p><p>${children}</p></div>`;

export const Field = ({ label, hint, children }) =>
  html`<label class="field"><span class="field-label">${label}</span>${children}${hint && html`<span class="field-hint">${hint}</span>`}</label>`;

/** A choice of a few, of which all can be seen. */
export function Choice({ label, name, value, options, onChange }) {
  return html`<fieldset class="choice"><legend>${label}</legend><div class="choice-row">
    ${options.map(([key, text]) => html`<label key=${key}><input type="radio" name=${name} value=${key} checked=${key === value} onChange=${() => onChange(key)} /><span>${text}</span></label>`)}
  </div></fieldset>`;
}

/** Pages of a list, for a list that the server pages. */
export function Pager({ pagination, page, perPage, onPage }) {
  const total = pagination.total_results;
  if (total <= perPage) return null;
  const first = (page - 1) * perPage + 1;
  return html`<nav class="pager" aria-label="Pages">
    <${Button} kind="quiet" disabled=${page === 1} onClick=${() => onPage(page - 1)}>← Previous<//>
    <span class="num">${first}–${Math.min(page * perPage, total)} of ${total}</span>
    <${Button} kind="quiet" disabled=${page >= pagination.total_pages} onClick=${() => onPage(page + 1)}>Next →<//>
  </nav>`;
}

/** A value that follows another once that has rested for a while. */
export function useRested(value, milliseconds) {
  const [rested, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return rested;
}

const loaded = new Map(); // what import() brought, by the function that asks for it

/** Notes what is there already. */
export const nowLoaded = (load, made) => loaded.set(load, made);

/** A component that has to be loaded first, null until then. */
export function useLoaded(load) {
  const [, renew] = useState(0);
  useEffect(() => {
    if (!load || loaded.has(load)) return;
    load().then((made) => {
      loaded.set(load, made);
      renew((n) => n + 1);
    }, () => notify("bad", "This part of the console could not be loaded. Is the server there?"));
  }, [load]);
  return load ? loaded.get(load) ?? null : null;
}
