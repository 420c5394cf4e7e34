// Rules are put in order by dragging a handle, or by the arrow keys on it.
import { html, useLayoutEffect, useRef } from "./lib.js";
import { act } from "./actions.js";

const order = (ids, says, undo) => ({ method: "POST", path: "/faults/order", body: { ids }, command: null, after: ["faults"], says, undo });

/** Lets a rule decide at another place of the list; only the rules between move. */
export function moveRule(ids, id, to) {
  const from = ids.indexOf(id);
  if (from === to || to < 0 || to >= ids.length) return undefined;
  const between = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  const rest = between.filter((other) => other !== id);
  const next = to < from ? [id, ...rest] : [...rest, id];
  return act(order(next, to === 0 ? `Rule ${id} decides first` : `Rule ${id} decides as number ${to + 1}`, order(between, "The rules are as they were")));
}

let held = ""; // id of the rule whose handle has the focus, which moving would take away

const itemAt = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".rules li");

function mark(item) {
  for (const one of document.querySelectorAll(".rules li.drop")) one.classList.remove("drop");
  item?.classList.add("drop");
}

/** The handle of a rule, of those that are listed. */
export function Handle({ id, ids }) {
  const handle = useRef();
  const dragging = useRef(false);
  useLayoutEffect(() => { if (held === id && document.activeElement === document.body) handle.current.focus(); });
  const onKeyDown = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    held = id;
    moveRule(ids, id, ids.indexOf(id) + step);
  };
  const onPointerDown = (event) => {
    dragging.current = true;
    handle.current.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event) => dragging.current && mark(itemAt(event));
  const onPointerUp = (event) => {
    if (!dragging.current) return;
    dragging.current = false;
    mark(null);
    const target = itemAt(event);
    if (target) moveRule(ids, id, [...target.parentElement.children].indexOf(target));
  };
  return html`<button type="button" class="handle" ref=${handle} aria-label=${`Move ${id}: arrow keys, or drag it`} title="Drag, or press the arrow keys" onKeyDown=${onKeyDown}
    onBlur=${(e) => { if (e.relatedTarget) held = ""; }} onPointerDown=${onPointerDown} onPointerMove=${onPointerMove} onPointerUp=${onPointerUp} onPointerCancel=${() => { dragging.current = false; mark(null); }}>⠿</button>`;
}
