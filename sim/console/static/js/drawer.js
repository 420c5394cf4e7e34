// The panel that details open in.
import { html, useLayoutEffect, useRef } from "./lib.js";
import { Button } from "./ui.js";
import { Shell } from "./shell.js";

/**
 * A panel over the page. The browser keeps the focus in it and closes it by
 * Escape. All else is inert meanwhile, so it has a bar of notices of its own.
 */
export function Drawer({ title, kind = "", onClose, children }) {
  const dialog = useRef();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close(); // the browser puts the focus back to where it was
  }, []);
  const closed = () => { // by a browser that does not let itself be held up by cancel twice
    if (!dialog.current) return;
    dialog.current.showModal();
    onClose();
  };
  const outside = (event) => event.target === dialog.current && onClose();
  return html`<dialog class=${`drawer ${kind}`} ref=${dialog} aria-label=${title} onCancel=${(e) => { e.preventDefault(); onClose(); }} onClose=${closed} onMouseDown=${outside}>
    <div class="drawer-inside">
      <header class="drawer-head"><h2>${title}</h2><${Button} kind="quiet" label="Close" onClick=${onClose}>✕<//></header>
      <div class="drawer-body">${children}</div>
      <${Shell} />
    </div>
  </dialog>`;
}
