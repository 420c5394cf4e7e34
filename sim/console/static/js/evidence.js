// What clients did about faults, and whether that was what was expected.
import { html, useEffect, useStore } from "./lib.js";
import { model, refresh } from "./model.js";
import { act, download } from "./actions.js";
import { save } from "./http.js";
import { latency, plural } from "./format.js";
import { Badge, Button, Empty, SureButton } from "./ui.js";

const backoffs = { none: "no pause", fixed: "even pauses", growing: "growing pauses", jittered: "jittered pauses", undecided: "one pause" };

function Links({ ids }) {
  if (!ids || ids.length === 0) return null;
  return html`<span class="links">${ids.slice(0, 8).map((id) => html`<a key=${id} href=${`#requests/${id}`}>${id}</a>`)}${ids.length > 8 && html`<span class="muted">+${ids.length - 8}</span>`}</span>`;
}

/** What one client did about one fault. */
export function Reaction({ reaction: r }) {
  const recovered = r.outcome === "recovered";
  return html`<div class="reaction"><p class="reaction-line"><${Badge} tone=${recovered ? "ok" : r.final ? "warn" : "none"}>${recovered ? "recovered" : r.final ? "gave up" : "waiting"}<//>
      <strong>${r.operation}</strong> <span class="num">${r.connection || r.status}</span>
      <span class="muted">${plural(r.attempts, "attempt")}${r.attempts > 1 ? `, ${backoffs[r.backoff] ?? r.backoff}` : ""}${recovered ? `, after ${latency(r.recovered_after_ms)}` : ""}</span></p>
    <p class="badges">${r.retry_after === "early" && html`<${Badge} tone="bad">came back before Retry-After<//>`}${r.retry_after === "honoured" && html`<${Badge} tone="ok">honoured Retry-After<//>`}
      ${r.hammered && html`<${Badge} tone="bad">hammered<//>`}${r.repeated_applied && html`<${Badge} tone="bad" title="sent a change again that had taken effect">repeated an applied change<//>`}${r.done_twice && html`<${Badge} tone="bad">done twice<//>`}${r.lost_update && html`<${Badge} tone="bad" title="another client's change was taken away">lost update<//>`}${r.pace_ms > 0 && html`<${Badge} title="it came so before the fault and came so again: not a retry">comes each ${latency(r.pace_ms)}<//>`}${r.transport_retry && html`<${Badge} title="repeated below the client">retried by its transport<//>`}</p>
    ${r.gaps_ms.length > 0 && html`<p class="muted num">pauses: ${r.gaps_ms.slice(0, 10).map(latency).join(", ")}</p>`}
    <p class="muted reaction-client">${[r.client.user, r.client.user_agent].filter(Boolean).join(" · ")} <${Links} ids=${r.requests} /></p></div>`;
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

function Coverage({ coverage }) {
  const clear = () => act({ method: "DELETE", path: "/coverage", command: null, says: "Coverage and reactions are cleared", after: ["coverage", "evidence", "overview"] });
  const fetchReport = async (format) => {
    const text = await download({ path: `/coverage?format=${format}`, command: ["coverage", "--format", format] });
    if (text !== undefined) save(`coverage.${{ html: "html", markdown: "md", junit: "xml" }[format]}`, "text/plain", text);
  };
  return html`<div class="coverage-figure"><span class="big num">${coverage.percent}%</span><div><p class="num"><strong>${coverage.covered}</strong> of ${coverage.total} documented answers were met by a client.</p>
      <progress max=${coverage.total} value=${coverage.covered} aria-label="Coverage"></progress></div></div>
    ${coverage.armed_never_fired.length > 0 && html`<div class="notice warn"><p>Armed, and never fired. A test that set these proves nothing:</p><p>${coverage.armed_never_fired.slice(0, 20).join(", ")}</p></div>`}
    <div class="buttons"><${Button} onClick=${() => fetchReport("html")}>HTML report<//><${Button} kind="quiet" onClick=${() => fetchReport("markdown")}>Markdown<//><${Button} kind="quiet" onClick=${() => fetchReport("junit")}>JUnit<//>
      <${SureButton} sure="Really clear?" onClick=${clear}>Clear<//></div>`;
}

export function Evidence() {
  const coverage = useStore(model, (m) => m.coverage);
  const reactions = useStore(model, (m) => m.reactions);
  const judged = useStore(model, (m) => m.expectations);
  useEffect(() => {
    refresh.evidence();
    const timer = setInterval(refresh.evidence, 3000); // a reaction becomes final by time alone
    return () => clearInterval(timer);
  }, []);
  const fetchExport = async (format) => {
    const text = await download({ path: `/export?format=${format}`, command: ["export", format] });
    if (text !== undefined) save(format === "har" ? "capisim.har" : "pact.json", "application/json", text);
  };
  const list = reactions?.reactions ?? [];
  return html`<section aria-labelledby="evidence-title">
    <div class="section-head"><div><h1 id="evidence-title">Evidence</h1><p class="lead">What clients have met, what they did about faults, and whether that was expected.</p></div>
      <div class="buttons"><${Button} onClick=${() => fetchExport("har")}>Export HAR<//><${Button} onClick=${() => fetchExport("pact")}>Export Pact<//></div></div>
    <div class="columns"><div class="stack">
      <section class="card"><h2>Coverage</h2>${coverage && html`<${Coverage} coverage=${coverage} />`}</section>
      <section class="card"><h2>Expectations</h2><${Expectations} judged=${judged} /></section></div>
    <section class="card"><h2>Reactions</h2>
      ${list.length === 0 ? html`<${Empty} title="No injected fault was met">Arm a fault, let the client run into it, and see here whether it retried, waited, or gave up.<//>`
        : html`<ul class="reactions">${[...list].reverse().slice(0, 100).map((r) => html`<li key=${`${r.requests[0]}`}><${Reaction} reaction=${r} /></li>`)}</ul>${list.length > 100 && html`<p class="muted">and ${list.length - 100} older ones</p>`}`}</section></div>
  </section>`;
}
