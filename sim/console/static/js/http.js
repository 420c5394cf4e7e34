// Where the server is, and how it is asked: always by addresses relative to the
// page, so that worlds, prefixes and ports of their own need no configuration.

/** The world's own address, with a slash at its end. */
export const here = new URL("..", location.href).href.replace(/[?#].*$/, "");

const inWorld = /^(.*\/)worlds\/([^/]+)\/$/.exec(here);

/** The address of the default world, with a slash at its end. */
export const root = inWorld ? inWorld[1] : here;

/** The world's name as the address has it, "" on the default world. */
export const worldName = inWorld ? decodeURIComponent(inWorld[2]) : "";

/** The address of the console of a world. */
export function consoleOf(name) {
  return name === "default" ? `${root}console/` : `${root}worlds/${encodeURIComponent(name)}/console/`;
}

/** The address of an admin path, such as "/faults" or "/worlds", of this world or
 * of another one by its name. */
export function adminURL(path, world) {
  if (/^\/worlds(\/|$|\?)/.test(path) || world === "default") return `${root}admin${path}`;
  return `${world === undefined ? here : `${root}worlds/${encodeURIComponent(world)}/`}admin${path}`;
}

/** What the server refused, with all its reasons. */
export class Refused extends Error {
  constructor(status, problems) {
    super(problems.map((p) => (p.pointer ? `${p.pointer}: ${p.detail}` : p.detail)).join("\n") || `The server answered ${status}.`);
    this.status = status;
    this.problems = problems;
  }
}

const tokenKey = "capisim-admin-token";

export const token = {
  get: () => sessionStorage.getItem(tokenKey) ?? "",
  set: (value) => sessionStorage.setItem(tokenKey, value),
  forget: () => sessionStorage.removeItem(tokenKey),
};

let onUnauthorized = () => {};

/** Says what to do when the server asks for a token. */
export function whenUnauthorized(act) {
  onUnauthorized = act;
}

let ahead = -Infinity; // by how much the server's clock is ahead of this machine's

/** The server's time, in milliseconds: its answers tell whole seconds, of which the
 * latest is the nearest. */
export const serverNow = () => Date.now() + (Number.isFinite(ahead) ? ahead : 0);

/** Sends a request and returns the answer; throws Refused, or an Error when there is none. */
export async function send(method, path, body, options = {}) {
  const headers = {};
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  let answer;
  try {
    answer = await fetch(adminURL(path, options.world), {
      method,
      headers,
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
      signal: options.signal,
      cache: "no-store",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Error("The server was not reached.");
  }
  ahead = Math.max(ahead, Date.parse(answer.headers.get("Date")) - Date.now() || -Infinity);
  if (answer.ok) return answer;
  if (answer.status === 401) onUnauthorized();
  const text = await answer.text();
  let problems = [];
  try {
    problems = JSON.parse(text).errors ?? [];
  } catch {
    // A proxy may answer in its own words; the status has to do.
  }
  throw new Refused(answer.status, problems);
}

/** Sends a request and reads the JSON of its answer, if there is any. */
export async function ask(method, path, body, options) {
  const answer = await send(method, path, body, options);
  return answer.status === 204 ? null : answer.json();
}

/** Offers a text, or a blob, to be saved. */
export function save(name, media, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: media }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
