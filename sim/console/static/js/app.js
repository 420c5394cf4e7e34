// The frame of the page: header, parts, notices, commands, and the question for
// the token.
import { html, render, useEffect, useLayoutEffect, useRef, useState, useStore, useTick } from "./lib.js";
import { consoleOf, token } from "./http.js";
import { model, worldTime } from "./model.js";
import { follow, followWhileSeen } from "./stream.js";
import { moment, number, span, timeOfDay } from "./format.js";
import { Shell } from "./shell.js";
import { Matrix } from "./matrix.js";
import { guard, nowLoaded, useLoaded } from "./ui.js";

/** The parts. What is not seen at first comes when it is asked for; help is where
 * the documentation tells of it. */
const parts = {
  answers: {
    title: "Answers", help: "#fault-rules", load: async () => Matrix,
    detail: async () => (await import("./editor.js")).Editor,
  },
  requests: {
    title: "Requests", help: "/design#8-journal-and-coverage", load: async () => (await import("./requests.js")).Requests,
    detail: async () => (await import("./exchange.js")).Exchange,
    details: { again: async () => (await import("./again.js")).Again, compare: async () => (await import("./differences.js")).Compare },
  },
  processes: {
    title: "Processes", help: "#state", load: async () => (await import("./processes.js")).Processes,
    detail: async () => (await import("./process.js")).Process,
  },
  scenarios: { title: "Scenarios", help: "#scenarios", load: async () => (await import("./scenarios.js")).Scenarios },
  worlds: {
    title: "Worlds", help: "#worlds", load: async () => (await import("./worlds.js")).Worlds,
    detail: async () => (await import("./compare.js")).Compare,
  },
  clock: { title: "Clock", help: "#the-clock", load: async () => (await import("./clock.js")).Clock },
  evidence: {
    title: "Evidence", help: "/design#9-reactions-and-expectations", load: async () => (await import("./evidence.js")).Evidence,
    detail: async () => (await import("./sweep.js")).Sweep,
  },
};

const nowhere = async () => (await import("./nowhere.js")).Nowhere;

nowLoaded(parts.answers.load, Matrix);

function place() {
  const [, part, rest] = /^#?([a-z]*)\/?(.*)$/.exec(location.hash) ?? [];
  return { part: parts[part] ? part : "answers", rest: decodeURIComponent(rest ?? "") };
}

function usePlace() {
  const [now, set] = useState(place);
  useEffect(() => {
    const change = () => {
      if (guard.ask && location.hash !== guard.hash) {
        location.hash = guard.hash;
        guard.ask();
      } else set(place());
    };
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return now;
}

const lives = {
  connecting: ["none", "connecting"], live: ["ok", "live"], lost: ["bad", "not reached"], ended: ["bad", "no such world"],
};

function Live() {
  const live = useStore(model, (m) => m.live);
  const [tone, text] = lives[live];
  return html`<span class=${`live ${tone}`} role="status"><i class="dot" aria-hidden="true"></i>${text}</span>`;
}

/** What is on the page is of then: it is dimmed, and told so. */
function Lost() {
  const since = useStore(model, (m) => m.lostAt);
  useTick(1000, since > 0);
  if (!since) return null;
  return html`<p class="notice bad lost" role="alert">The server has not been reached since ${timeOfDay(since).slice(0, 8)}<span aria-hidden="true"> (${span(Math.round((Date.now() - since) / 1000))})</span>. What you see is of then; it goes on by itself.</p>`;
}

function WorldSwitch({ name }) {
  const worlds = useStore(model, (m) => m.worlds);
  if (!worlds) return html`<span class="fact"><span class="fact-name">World</span>${name}</span>`;
  const names = worlds.map((w) => w.name);
  if (!names.includes(name)) names.push(name);
  return html`<label class="fact"><span class="fact-name">World</span><select aria-label="World" value=${name} onChange=${(e) => { location.href = consoleOf(e.target.value) + location.hash.replace(/\/.*/, ""); }}>
    ${names.map((n) => html`<option key=${n} value=${n}>${n}</option>`)}</select></label>`;
}

function ClockFact() {
  const clock = useStore(model, (m) => m.clock);
  useTick(1000, clock?.mode === "real");
  if (!clock) return null;
  return html`<a class="fact" href="#clock"><span class="fact-name">Clock</span><span class="num">${moment(worldTime(clock)).time}</span>${clock.mode === "frozen" && html` <span class="muted">frozen</span>`}</a>`;
}

function Header({ part }) {
  const overview = useStore(model, (m) => m.overview);
  const coverage = useStore(model, (m) => m.coverage);
  return html`<header class="top"><div class="brand"><img src="icon.svg" alt="" width="24" height="24" /><span>capisim</span></div>
    <div class="top-facts">${overview && html`<${WorldSwitch} name=${overview.world} />
      <a class="fact" href="#scenarios"><span class="fact-name">Scenario</span>${overview.scenario.name}</a><${ClockFact} />
      ${coverage && html`<a class="fact" href="#evidence"><span class="fact-name">Coverage</span><span class="num">${coverage.covered}/${coverage.total}</span></a>`}`}
      <a class="fact" href=${`../admin/docs${parts[part].help}`} target="_blank" title=${`The documentation of ${parts[part].title.toLowerCase()}`}>Help</a></div>
    <${Live} /></header>`;
}

function Navigation({ part }) {
  const rules = useStore(model, (m) => m.faultTotal);
  const processes = useStore(model, (m) => m.overview?.counts.processes);
  const counts = { answers: rules || "", processes };
  const bar = useRef();
  useEffect(() => {
    const current = bar.current.querySelector("[aria-current]");
    bar.current.scrollLeft = current.offsetLeft - (bar.current.clientWidth - current.offsetWidth) / 2;
  }, [part, Boolean(rules), Boolean(processes)]);
  return html`<nav class="tabs" aria-label="Parts of the console" ref=${bar}>${Object.entries(parts).map(([key, { title, load }]) => html`<a key=${key} href=${`#${key}`} aria-current=${key === part ? "page" : undefined} onPointerEnter=${load} onFocus=${load}>${title}${counts[key] ? html`<span class="tab-count num">${number(counts[key])}</span>` : ""}</a>`)}</nav>`;
}

function Lock({ reason }) {
  const [value, set] = useState("");
  const input = useRef();
  useLayoutEffect(() => input.current.focus(), []);
  const enter = (event) => {
    event.preventDefault();
    token.set(value);
    model.set({ locked: "", live: "connecting" });
    follow();
  };
  return html`<main class="lock"><form class="card" onSubmit=${enter}><div class="brand"><img src="icon.svg" alt="" width="24" height="24" /><span>capisim</span></div><h1>Admin token</h1>
    <p>This server was started with <code>--admin-token</code>. The token stays in this tab until it is closed.</p>
    <label class="field"><span class="field-label">Token</span><input ref=${input} type="password" autocomplete="off" required value=${value} onInput=${(e) => set(e.target.value)} />
      ${reason === "refused" && html`<span class="mistake" role="alert">The server refused this token.</span>`}</label>
    <div class="buttons"><button type="submit" class="button primary">Open the console</button></div></form></main>`;
}

function App() {
  const locked = useStore(model, (m) => m.locked);
  const lost = useStore(model, (m) => m.lostAt > 0);
  const ended = useStore(model, (m) => m.live === "ended");
  const Nowhere = useLoaded(ended ? nowhere : null);
  const { part, rest } = usePlace();
  const { title, load, detail, details } = parts[part];
  const Part = useLoaded(load);
  const Detail = useLoaded(rest ? details?.[rest.replace(/\/.*/s, "")] ?? detail : null);
  useEffect(() => { document.title = `${title} · capisim`; }, [title]);
  if (locked) return html`<${Lock} reason=${locked} />`;
  if (ended) return Nowhere && html`<${Nowhere} />`;
  return html`<a class="skip" href="#main" onClick=${(e) => { e.preventDefault(); document.getElementById("main").focus(); }}>Skip to the content</a>
    <${Header} part=${part} /><${Navigation} part=${part} /><${Lost} />
    <main id="main" tabindex="-1" class=${`part-${part} ${lost ? "dim" : ""}`}>${Part && html`<${Part} key=${part} />`}</main>
    ${Detail && html`<${Detail} key=${rest} guid=${rest} id=${rest} onClose=${() => { location.hash = `#${part}`; }} />`}
    <${Shell} />`;
}

const ground = document.getElementById("console");
ground.replaceChildren();
render(html`<${App} />`, ground);
followWhileSeen();
