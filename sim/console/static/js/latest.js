// The newest requests in a few words, and what every list of them shows.
import { html, useStore, useTick } from "./lib.js";
import { serverNow } from "./http.js";
import { journal } from "./journal.js";
import { span, statusTone, timeOfDay } from "./format.js";
import { Empty } from "./ui.js";

/** The status as the client saw it, or what was done to the connection. */
export function Status({ row }) {
  if (row.held) return html`<span class="status-code tone-none" title="decided, its answer is held back">held</span>`;
  if (row.cut && !row.status) return html`<span class="status-code tone-bad">${row.cut}</span>`;
  return html`<span class=${`status-code tone-${statusTone(row.status)}`}>${row.status || "none"}</span>`;
}

/** How long an answer is still held, in real time, as its client waits. */
export function Left({ until }) {
  useTick(1000);
  const seconds = Math.ceil((Date.parse(until) - serverNow()) / 1000);
  return html`<span role="timer">${seconds > 0 ? `${span(seconds)} left` : "due now"}</span>`;
}

/** The few newest, beside the matrix. */
export function Latest() {
  const rows = useStore(journal, (j) => j.rows);
  if (rows.length === 0) return html`<${Empty} title="No requests yet">What clients send appears here at once.<//>`;
  return html`<ul class="latest">${rows.slice(0, 8).map((row) => html`<li key=${row.id}><a href=${`#requests/${row.id}`}>
    <${Status} row=${row} /><span class="latest-what">${row.operation || `${row.method} ${row.path}`}</span><span class="muted num">${timeOfDay(row.time).slice(0, 8)}</span></a></li>`)}</ul>`;
}
