// How values look.

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** 2xx is ok, 4xx warn, 5xx bad; anything else, such as a cut connection, none. */
export function statusTone(status) {
  if (status >= 200 && status < 300) return "ok";
  if (status >= 400 && status < 500) return "warn";
  return status >= 500 ? "bad" : "none";
}

const stateTones = { RUNNING: "ok", STARTING: "info", STOPPING: "info", CRASHED: "bad", DOWN: "none", UNKNOWN: "warn" };

export const stateTone = (state) => stateTones[state] ?? "none";

export const instanceStates = Object.keys(stateTones);

const pad = (n, width = 2) => String(n).padStart(width, "0");

/** The local time of day, to the millisecond. */
export function timeOfDay(text) {
  const t = new Date(text);
  return `${pad(t.getHours())}:${pad(t.getMinutes())}:${pad(t.getSeconds())}.${pad(t.getMilliseconds(), 3)}`;
}

/** A moment of the world's clock, which is kept in UTC. */
export function moment(milliseconds) {
  const text = new Date(milliseconds).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 19) };
}

export function latency(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 10_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A span in seconds, in the largest units that say it exactly. */
export function span(seconds) {
  const sign = seconds < 0 ? "−" : "";
  let rest = Math.abs(seconds);
  if (rest < 60) return `${sign}${Math.round(rest * 10) / 10}s`;
  rest = Math.round(rest);
  const parts = [[86_400, "d"], [3_600, "h"], [60, "m"], [1, "s"]].map(([size, unit]) => {
    const n = Math.floor(rest / size);
    rest -= n * size;
    return n ? `${n}${unit}` : "";
  });
  return sign + parts.filter(Boolean).slice(0, 2).join(" ");
}

const numbers = new Intl.NumberFormat("en");

export const number = (n) => numbers.format(n);

/** A count that has to fit into a cell. */
export function short(n) {
  if (n < 1000) return String(n);
  return n < 1_000_000 ? `${Math.floor(n / 1000)}k` : `${Math.floor(n / 1_000_000)}M`;
}

export const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

/** A body as it is read best: JSON with indents, all else as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The milliseconds of a duration such as "1m30s"; NaN when it is none. */
export function milliseconds(text) {
  const units = { ns: 1e-6, us: 1e-3, "µs": 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return text === "0" ? 0 : NaN;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit], 0);
}

const repeats = { last: "then the last again", cycle: "over and over", none: "then nothing" };

/** The steps of a rule's sequence, each as a status or a word. */
export const stepsOf = (rule) => rule.sequence.map((s) => (s.pass ? "pass" : s.status ?? s.connection?.kind ?? s.connection ?? rule.respond?.status ?? rule.connection?.kind ?? rule.connection));

/** A catalogue text as it is read: what the server fills in is an ellipsis. */
export const spoken = (detail) => detail.replace(/%[a-z]/g, "…");

/** What a rule does, in a few words. */
export function effect(rule) {
  const words = [];
  if (rule.respond?.status && !rule.sequence) words.push(String(rule.respond.status));
  if (rule.sequence) words.push(`${stepsOf(rule).join(" → ")}, ${repeats[rule.repeat ?? "last"]}`);
  if (rule.connection) words.push(rule.connection.kind ?? rule.connection);
  if (rule.delay) words.push(`delay ${delayText(rule.delay)}`);
  if (rule.respond?.headers?.["Retry-After"]) words.push(`Retry-After ${rule.respond.headers["Retry-After"]}`);
  if (rule.apply === "after") words.push("after the change");
  return words.join(", ");
}

function delayText(delay) {
  if (delay.fixed) return delay.fixed;
  if (delay.uniform) return `${delay.uniform.min} to ${delay.uniform.max}`;
  if (delay.lognormal) return `around ${delay.lognormal.median}`;
  return `around ${delay.percentiles.p50}`;
}

const whole = (ms) => span(Math.ceil(ms / 1000));

/** How long a rule goes on from how it stands now (model.js), in a few words. */
export function extent(rule, { state, begins, ends, lasts }) {
  if (state === "off") return "switched off";
  if (state === "spent") return "used up";
  if (state === "over") return "over";
  const words = [];
  const when = rule.when ?? {};
  if (state === "scheduled") words.push(`begins in ${whole(begins)}`);
  if (typeof rule.remaining === "number") words.push(plural(rule.remaining, "more time"));
  if (ends !== undefined) words.push(state === "scheduled" ? `for ${whole(lasts)}` : `ends in ${whole(ends)}`);
  else if (typeof rule.remaining !== "number") words.push("until cleared");
  if (when.probability !== undefined) words.push(`${Math.round(when.probability * 100)}% of requests`);
  if (when.skip) words.push(`after ${plural(when.skip, "request")}`);
  return words.join(", ");
}

/** Which requests a rule is about, beside the operation, in a few words. */
export function narrowing(rule) {
  const match = rule.match ?? {};
  const words = [];
  const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  for (const [key, value] of Object.entries(match.process ?? {})) if (value) words.push(`${key} ${text(value)}`);
  for (const key of ["app", "user", "remote"]) if (match[key]) words.push(`${key} ${text(match[key])}`);
  for (const key of ["headers", "query", "body"]) {
    for (const [name, value] of Object.entries(match[key] ?? {})) words.push(`${name} ${text(value)}`);
  }
  return words.join(", ");
}
