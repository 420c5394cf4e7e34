// What clients did about faults, and whether that was what was expected.
import { html, useEffect, useState, useStore } from "./lib.js";
import { ask, consoleOf, save } from "./http.js";
import { model, refresh } from "./model.js";
import { act, download } from "./actions.js";
import { latency, plural } from "./format.js";
import { Badge, Button, Choice, Empty, SureButton } from "./ui.js";
import { Covered, Uncovered } from "./uncovered.js";
import { dress } from "./dress.js";

const backoffs = { none: "no pause", fixed: "even pauses", growing: "growing pauses", jittered: "jittered pauses", undecided: "one pause" };

/** Links to requests, of another world on its own page. */
function Links({ ids, world, here = world }) {
  if (!ids || ids.length === 0) return null;
  const page = world === here ? "" : consoleOf(world);
  return html`<span class="links">${page && html`<span class="muted">${world}:</span>`}${ids.slice(0, 8).map((id) => html`<a key=${id} href=${`${page}#requests/${id}`}>${id}</a>`)}${ids.length > 8 && html`<span class="muted">+${ids.length - 8}</span>`}</span>`;
}

/** What one client did about one fault. */
export function Reaction({ reaction: r, here = r.world }) {
  const recovered = r.outcome === "recovered";
  return html`<div class="reaction"><p class="reaction-line"><${Badge} tone=${recovered ? "ok" : r.final ? "warn" : "none"}>${recovered ? "recovered" : r.final ? "gave up" : "waiting"}<//>
      <strong>${r.operation}</strong> <span class="num">${r.connection || r.status}</span>
      <span class="muted">${plural(r.attempts, "attempt")}${r.attempts > 1 ? `, ${backoffs[r.backoff] ?? r.backoff}` : ""}${recovered ? `, after ${latency(r.recovered_after_ms)}` : ""}</span></p>
    <p class="badges">${r.retry_after === "early" && html`<${Badge} tone="bad">came back before Retry-After<//>`}${r.retry_after === "honoured" && html`<${Badge} tone="ok">honoured Retry-After<//>`}
      ${r.hammered && html`<${Badge} tone="bad">hammered<//>`}${r.repeated_applied && html`<${Badge} tone="bad" title="sent a change again that had taken effect">repeated an applied change<//>`}${r.done_twice && html`<${Badge} tone="bad">done twice<//>`}${r.lost_update && html`<${Badge} tone="bad" title="another client's change was taken away">lost update<//>`}${r.pace_ms > 0 && html`<${Badge} title="it came so before the fault and came so again: not a retry">comes each ${latency(r.pace_ms)}<//>`}${r.transport_retry && html`<${Badge} title="repeated below the client">retried by its transport<//>`}</p>
    ${r.gaps_ms.length > 0 && html`<p class="muted num">pauses: ${r.gaps_ms.slice(0, 10).map(latency).join(", ")}</p>`}
    <p class="muted reaction-client">${clientOf(r)} <${Links} ids=${r.requests} world=${r.world} here=${here} /></p></div>`;
}

const clientOf = (r) => [r.client.user, r.client.user_agent].filter(Boolean).join(" · ") || "unknown";

const listed = 100; // reactions that are drawn

const Listed = ({ list, here }) => html`<ul class="reactions">${list.slice(0, listed).map((r) => html`<li key=${`${r.world} ${r.requests[0]} ${r.status}${r.connection}`}><${Reaction} reaction=${r} here=${here} /></li>`)}</ul>${list.length > listed && html`<p class="muted">and ${list.length - listed} older ones</p>`}`;

// What a client did that it should not have done.
const faultsOf = { hammered: "hammered", repeated_applied: "repeated an applied change", done_twice: "done twice", lost_update: "lost update" };

function Client({ name, list, here }) {
  const [open, setOpen] = useState(false);
  const count = (is) => list.filter(is).length;
  const wrong = Object.entries(faultsOf).map(([key, text]) => [text, count((r) => r[key])]).concat([["before Retry-After", count((r) => r.retry_after === "early")]]).filter(([, n]) => n > 0);
  return html`<li><details class="client" onToggle=${(e) => setOpen(e.target.open)}><summary>${name}</summary>
      ${open && html`<${Listed} list=${list} here=${here} />`}</details>
    <p class="badges"><span class="muted num">${plural(list.length, "fault")}: ${count((r) => r.outcome === "recovered")} recovered, ${count((r) => r.outcome !== "recovered")} gave up</span>${wrong.map(([text, n]) => html`<${Badge} key=${text} tone="bad">${text} ${n}×<//>`)}</p></li>`;
}

/** The reactions by the client whose they are, the one with the most first. */
function ByClient({ list, here }) {
  const clients = Object.entries(Object.groupBy(list, clientOf)).sort(([, a], [, b]) => b.length - a.length);
  return html`<ul class="clients">${clients.map(([name, own]) => html`<${Client} key=${name} name=${name} list=${own} here=${here} />`)}</ul>`;
}

function Reactions({ list, here }) {
  const [order, setOrder] = useState("newest");
  if (list.length === 0) return html`<${Empty} title="No injected fault was met">Arm a fault, let the client run into it, and see here whether it retried, waited, or gave up.<//>`;
  return html`<${Choice} label="Order" name="reactions" value=${order} onChange=${setOrder} options=${[["newest", "newest first"], ["client", "by client"]]} />
    ${order === "client" ? html`<${ByClient} list=${list} here=${here} />` : html`<${Listed} list=${list} here=${here} />`}`;
}

const results = { met: ["ok", "met"], unmet: ["bad", "unmet"], not_exercised: ["none", "not exercised"] };

/** Why it fared so: of a policy each part with its result. */
function reasonsOf(x) {
  if (!x.expectation.client?.policy) return x.reasons;
  return x.parts.map((p) => `${results[p.result]?.[1] ?? p.result}: ${p.text}${p.result === "unmet" ? ` (${p.reasons.join("; ")})` : ""}`);
}

function Expectations({ judged }) {
  if (!judged) return null;
  if (judged.expectations.length === 0) return html`<${Empty} title="The scenario expects nothing">Add “expectations” to a scenario file to turn what clients do into a gate.<//>`;
  return html`<p class="num">${judged.met} met, ${judged.unmet} unmet, ${judged.not_exercised} not exercised</p>
    <ul class="expectations">${judged.expectations.map((x, i) => {
      const [tone, text] = results[x.result] ?? ["none", x.result];
      return html`<li key=${i}><${Badge} tone=${tone}>${text}<//><div><p>${x.text}</p>${reasonsOf(x).map((reason, k) => html`<p key=${k} class="muted">${reason}</p>`)}<${Links} ids=${x.requests} /></div></li>`;
    })}</ul>`;
}

function Coverage({ coverage, all }) {
  const clear = () => act({ method: "DELETE", path: "/coverage", command: null, says: "Coverage and reactions are cleared", after: ["coverage", "evidence", "overview"] });
  const fetchReport = async (format) => {
    const text = await download({ path: `/coverage?format=${format}${all ? "&worlds=all" : ""}`, command: ["coverage", "--format", format, ...(all ? ["--all-worlds"] : [])] });
    if (text !== undefined) save(`coverage.${{ html: "html", markdown: "md", junit: "xml" }[format]}`, "text/plain", text);
  };
  return html`<div class="coverage-figure"><span class="big num">${coverage.percent}%</span><div><p class="num"><strong>${coverage.covered}</strong> of ${coverage.total} documented answers were met by a client${all ? ", in all worlds together" : ""}.</p>
      <progress max=${coverage.total} value=${coverage.covered} aria-label="Coverage"></progress></div></div>
    ${coverage.armed_never_fired.length > 0 && html`<div class="notice warn"><p>Armed, and never fired. A test that set these proves nothing:</p><p class="never-fired">${coverage.armed_never_fired.slice(0, 20).map((id) => (all ? html`<span key=${id}>${id}</span>` : html`<a key=${id} href=${`#answers/why/${encodeURIComponent(id)}`}>${id}</a>`))}</p></div>`}
    <div class="buttons"><${Button} onClick=${() => fetchReport("html")}>HTML report<//><${Button} kind="quiet" onClick=${() => fetchReport("markdown")}>Markdown<//><${Button} kind="quiet" onClick=${() => fetchReport("junit")}>JUnit<//>
      ${!all && html`<${SureButton} sure="Really clear?" onClick=${clear}>Clear<//>`}</div>`;
}

const askAll = (path) => ask("GET", `${path}?worlds=all`);

/** Coverage, reactions and expectations of this world, or of all together. */
function useEvidence(all) {
  const own = useStore(model, (m) => m);
  const [sum, setSum] = useState(null);
  useEffect(() => {
    const look = all ? () => Promise.all(["/coverage", "/reactions", "/expectations"].map(askAll)).then(([coverage, reactions, expectations]) => setSum({ coverage, reactions, expectations }), () => {}) : refresh.evidence;
    look();
    const timer = setInterval(look, 3000); // a reaction becomes final by time alone
    return () => clearInterval(timer);
  }, [all]);
  return all && sum ? { ...sum, summed: true } : own;
}

export function Evidence() {
  const [scope, setScope] = useState("this");
  const { coverage, reactions, expectations, summed = false } = useEvidence(scope === "all");
  const here = useStore(model, (m) => m.overview?.world);
  useEffect(() => dress("evidence.css"), []);
  const fetchExport = async (format) => {
    const text = await download({ path: `/export?format=${format}`, command: ["export", format] });
    if (text !== undefined) save(format === "har" ? "capisim.har" : "pact.json", "application/json", text);
  };
  return html`<section aria-labelledby="evidence-title">
    <div class="section-head"><div><h1 id="evidence-title">Evidence</h1><p class="lead">What clients have met, what they did about faults, and whether that was expected.</p></div>
      <div class="buttons"><${Choice} label="Of" name="scope" value=${scope} onChange=${setScope} options=${[["this", "this world"], ["all", "all worlds"]]} />
        <a class="button" href="#evidence/sweep">Sweep report…</a><${Button} onClick=${() => fetchExport("har")}>Export HAR<//><${Button} onClick=${() => fetchExport("pact")}>Export Pact<//></div></div>
    <div class="columns"><div class="stack">
      <section class="card"><h2>Coverage</h2>${coverage && html`<${Coverage} coverage=${coverage} all=${summed} />`}</section>
      <section class="card"><h2>Not covered yet</h2>${coverage && html`<${Uncovered} coverage=${coverage} />`}</section>
      <section class="card"><h2>Covered, in full</h2>${coverage && html`<${Covered} coverage=${coverage} />`}</section></div>
    <div class="stack"><section class="card"><h2>Expectations</h2><${Expectations} judged=${expectations} /></section>
      <section class="card"><h2>Reactions</h2>${reactions && html`<${Reactions} list=${[...reactions.reactions].reverse()} here=${here} />`}</section></div></div>
  </section>`;
}
