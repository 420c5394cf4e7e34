// A list of any length of which only what can be seen is in the document.
import { html, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";

const beyond = 8; // rows drawn above and below the part that shows

/**
 * Rows of one height in a part of the page that scrolls. Up, Down, Page Up, Page
 * Down, Home and End move the active row, Enter opens it; the focus stays on
 * the list, so that rows may come and go under it. A row keeps its place on the
 * screen when others come in above it, unless the list is at its top and nobody
 * points at it: a click must not hit another row than was meant.
 */
export function List({ label, rows, height, keyOf, draw, onOpen, onEnd, header, columns }) {
  const box = useRef();
  const [view, setView] = useState({ top: 0, size: 600 });
  const [active, setActive] = useState(null); // key of the active row
  const anchor = useRef(null); // key of the first row that shows, and how far it is scrolled
  const pointed = useRef(""); // "top" or "inside": the pointer is on the list, which was at its top or not

  useLayoutEffect(() => {
    const measure = () => setView({ top: box.current.scrollTop, size: box.current.clientHeight });
    const watcher = new ResizeObserver(measure);
    watcher.observe(box.current);
    measure();
    return () => watcher.disconnect();
  }, []);

  useLayoutEffect(() => {
    const at = anchor.current;
    if (!at || (box.current.scrollTop === 0 && !pointed.current)) return;
    const index = rows.findIndex((row) => keyOf(row) === at.key);
    if (index < 0) return;
    const top = index * height + at.offset;
    if (Math.abs(top - box.current.scrollTop) > 1) box.current.scrollTop = top;
  }, [rows]);

  const hold = () => {
    const top = box.current.scrollTop;
    const first = Math.floor(top / height);
    anchor.current = rows[first] ? { key: keyOf(rows[first]), offset: top - first * height } : null;
  };
  const onScroll = () => {
    hold();
    setView({ top: box.current.scrollTop, size: box.current.clientHeight });
  };
  const onPointerEnter = () => {
    pointed.current = box.current.scrollTop === 0 ? "top" : "inside";
    hold();
  };
  const onPointerLeave = () => {
    if (pointed.current === "top") box.current.scrollTop = 0;
    pointed.current = "";
  };
  const onWheel = () => { pointed.current = "inside"; };

  const from = Math.max(0, Math.floor(view.top / height) - beyond);
  const to = Math.min(rows.length, Math.ceil((view.top + view.size) / height) + beyond);
  useEffect(() => { if (onEnd && to >= rows.length) onEnd(); }, [to, rows.length]);

  const indexOf = (key) => rows.findIndex((row) => keyOf(row) === key);
  const go = (index) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(keyOf(rows[next]));
    const { scrollTop, clientHeight } = box.current;
    const head = header ? 34 : 0;
    if (next * height < scrollTop) box.current.scrollTop = next * height;
    else if ((next + 1) * height + head > scrollTop + clientHeight) box.current.scrollTop = (next + 1) * height + head - clientHeight;
  };
  const onKeyDown = (event) => {
    if (rows.length === 0 || event.target !== box.current) return;
    const page = Math.max(1, Math.floor(view.size / height) - 1);
    const now = indexOf(active);
    const moves = { ArrowDown: now + 1, ArrowUp: now - 1, PageDown: now + page, PageUp: now - page, Home: 0, End: rows.length - 1 };
    if (event.key in moves) go(moves[event.key]);
    else if (event.key === "Enter" && now >= 0) onOpen(rows[now]);
    else return;
    event.preventDefault();
  };

  const id = (key) => `row-${key}`;
  const shown = rows.slice(from, to);
  const visible = shown.some((row) => keyOf(row) === active);
  return html`<div class="list" ref=${box} role="grid" aria-label=${label} aria-rowcount=${rows.length + (header ? 1 : 0)} aria-colcount=${columns} tabindex="0"
    aria-activedescendant=${visible ? id(active) : undefined} onScroll=${onScroll} onKeyDown=${onKeyDown}
    onPointerEnter=${onPointerEnter} onPointerLeave=${onPointerLeave} onWheel=${onWheel}>
    ${header && html`<div role="row" class="list-head" aria-rowindex="1">${header}</div>`}
    <div class="list-space" role="presentation" style=${{ height: `${rows.length * height}px` }}>
      ${shown.map((row, i) => {
        const key = keyOf(row);
        return html`<div key=${key} id=${id(key)} role="row" aria-rowindex=${from + i + (header ? 2 : 1)} aria-selected=${String(key === active)}
          class=${`list-row ${key === active ? "active" : ""}`} style=${{ transform: `translateY(${(from + i) * height}px)`, height: `${height}px` }}
          onClick=${() => { setActive(key); onOpen(row); }}>${draw(row)}</div>`;
      })}
    </div></div>`;
}
