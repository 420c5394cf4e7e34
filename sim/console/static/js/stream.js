// The stream of events. It is read by fetch: an EventSource cannot send the
// token.
import { adminURL, Refused, token } from "./http.js";
import { lock, model, refresh, refreshAll, tellClock, tellRules } from "./model.js";
import { journal, onRequest, reload } from "./journal.js";
import { notify } from "./actions.js";

const firstPause = 500;
const longestPause = 8000;

function changedState() {
  refresh.overview();
  model.set({ stateVersion: model.get().stateVersion + 1 });
}

/** What a changed scenario file means for this world. */
const means = {
  loaded: (e) => ["ok", `The file of ${e.scenario} was changed: this world plays the new version`],
  lost: (e) => ["bad", `The file of ${e.scenario} was changed: this world plays the new version, and what was changed in it is gone`],
  kept: (e) => ["ok", `The file of ${e.scenario} was changed: this world stays as it is, a reset brings the new version`],
  refused: (e) => ["bad", `The file of ${e.scenario} was changed, and is refused here: ${e.problem}`],
  broken: (e) => ["bad", `The file of ${e.scenario} is broken: ${e.problem.split("\n")[0]}`], // its card among the scenarios has all of it
  mended: (e) => ["ok", `The file of ${e.scenario} is mended`],
};

const takes = {
  request: onRequest,
  fault({ rules, total }) {
    tellRules(rules);
    if (rules.length === 0 || total !== model.get().faultTotal) {
      refresh.faults();
      refresh.overview();
    }
  },
  state: changedState,
  clock: tellClock,
  scenario(event) {
    if (means[event.result]) notify(...means[event.result](event));
    refresh.scenarios();
  },
};

function take(block) {
  let name = "message";
  let data = "";
  for (const text of block.split("\n")) {
    if (text.startsWith("event: ")) name = text.slice(7);
    else if (text.startsWith("data: ")) data += text.slice(6);
  }
  if (data && takes[name]) takes[name](JSON.parse(data));
}

async function read(signal) {
  const headers = token.get() ? { Authorization: `Bearer ${token.get()}` } : {};
  const answer = await fetch(adminURL("/events"), { headers, signal, cache: "no-store" });
  if (!answer.ok) throw new Refused(answer.status, []);
  model.set({ live: "live", lostAt: 0 });
  refreshAll();
  if (!journal.get().paused) reload();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    blocks.forEach(take);
  }
}

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

let current; // the one reader of the stream

/** Follows the world until it has ended or the token is not good any more. */
export async function follow() {
  current?.abort();
  current = new AbortController();
  const { signal } = current;
  for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    const begun = performance.now();
    try {
      await read(signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 401) {
        lock();
        return;
      }
      if (error.status === 404) {
        model.set({ live: "ended" });
        return;
      }
    }
    model.set({ live: "lost", lostAt: model.get().lostAt || Date.now() });
    if (performance.now() - begun > longestPause) pause = firstPause;
    await wait(pause);
    if (signal.aborted) return;
  }
}

function pause() {
  current?.abort();
  model.set({ live: "connecting" });
}

const patience = 20_000; // for a tab that nobody sees

/**
 * Follows the world while somebody looks. A browser has six connections for a
 * server: pages that were left, and tabs in the background, must not hold them.
 */
export function followWhileSeen() {
  let timer = 0;
  addEventListener("pagehide", pause);
  addEventListener("pageshow", (event) => event.persisted && follow());
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(pause, patience);
    else if (current?.signal.aborted && !model.get().locked) follow();
  });
  follow();
}
