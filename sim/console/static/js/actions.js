// Everything that changes something goes through act: it sends the request,
// says what came of it, offers to undo it, and shows the same thing as commands.
import { store } from "./lib.js";
import { ask, send } from "./http.js";
import { capisim, curl } from "./command.js";
import { model, refresh, standing } from "./model.js";

export const notices = store({ list: [], last: null });

let serial = 0;

const failures = () => notices.get().list.filter((n) => n.tone === "bad").slice(-2);

/** Says something for a while. What went well stands alone, until the next word
 * of it; holds tells of the rules whether it is still true. */
export function notify(tone, text, undo, holds) {
  const notice = { id: ++serial, tone, text, undo, holds };
  notices.set({ list: [...failures(), notice] });
  setTimeout(() => dismiss(notice.id), tone === "bad" ? 12_000 : 6_000);
}

// The rules are read again after an action: a notice becomes true before it can
// cease to be so.
let rules;
model.watch(() => {
  const { faults } = model.get();
  if (faults === rules) return;
  rules = faults;
  for (const notice of notices.get().list) {
    if (!notice.holds) continue;
    if (notice.holds(faults)) notice.held = true;
    else if (notice.held) dismiss(notice.id);
  }
});

const set = (id) => (faults) => faults.some((rule) => rule.id === id && standing(rule).state === "active");
const unset = (id) => (faults) => !faults.some((rule) => rule.id === id);

export function dismiss(id) {
  notices.set({ list: notices.get().list.filter((n) => n.id !== id) });
}

/**
 * Sends a request that changes something. It is {method, path, body, file,
 * says, quiet, command, undo, after, holds, refused, signal}: file stands for a body from
 * a file of the user, command are the arguments of capisim or null, undo is an
 * action, after are the parts of the model that it changes; quiet says nothing of
 * a success that shows by itself, holds is that of notify, refused takes what the
 * server does not accept, signal ends it. Returns the answer, or undefined.
 */
export async function act(action) {
  // To undo is to undo this from now on, and not what was before it.
  notices.set({ list: failures(), last: { curl: curl(action), capisim: capisim(action.command) } });
  try {
    const answer = await ask(action.method, action.path, action.body, { signal: action.signal });
    for (const part of action.after ?? []) refresh[part]();
    if (action.quiet) notices.set({ list: failures() });
    else notify("ok", action.says, action.undo, action.holds);
    return answer ?? {};
  } catch (error) {
    if (action.signal?.aborted) return undefined;
    if (action.refused && error.problems) action.refused(error);
    else notify("bad", error.message);
    return undefined;
  }
}

/** Reads a text, or as "blob" what is not one, and shows the command for it. */
export async function download({ path, command, as = "text" }) {
  notices.set({ last: { curl: curl({ method: "GET", path }), capisim: capisim(command) } });
  try {
    return await (await send("GET", path))[as]();
  } catch (error) {
    notify("bad", error.message);
    return undefined;
  }
}

/** The action that sets a toggle. */
export function setToggle(operation, status, body, command, undo) {
  const empty = Object.keys(body).length === 0;
  return {
    method: "PUT", path: `/faults/${operation}/${status}`, body: empty ? undefined : body, command, undo, after: ["faults"],
    says: `${operation} now answers ${status}`, holds: set(`${operation}-${status}`),
  };
}

/** The action that clears a toggle. */
export function clearToggle(operation, status, undo) {
  return {
    method: "DELETE", path: `/faults/${operation}/${status}`, command: ["fault", "clear", `${operation}-${status}`], undo, after: ["faults"],
    says: `${operation} no longer answers ${status}`, holds: unset(`${operation}-${status}`),
  };
}

/** What a rule is without its counters: it can be sent again. */
export function ruleOnly(rule) {
  const { matched, injected, remaining, step, ...bare } = rule;
  return bare;
}

/** The action that sets a rule by its id. */
export function putRule(rule, says, undo) {
  return { method: "PUT", path: `/faults/${encodeURIComponent(rule.id)}`, body: rule, command: null, after: ["faults"], says, undo, holds: set(rule.id) };
}

/** The action that changes a part of a rule and leaves its counters. */
export function patchRule(rule, change, says) {
  const before = Object.fromEntries(Object.keys(change).map((key) => [key, rule[key] ?? null]));
  const patch = (body, words, undo) => ({ method: "PATCH", path: `/faults/${encodeURIComponent(rule.id)}`, body, command: null, after: ["faults"], says: words, undo });
  return patch(change, says, patch(before, `Rule ${rule.id} is as it was`));
}

/** The action that takes a rule away. */
export function clearRule(rule) {
  return {
    method: "DELETE", path: `/faults/${encodeURIComponent(rule.id)}`, command: ["fault", "clear", rule.id], after: ["faults"],
    says: `Rule ${rule.id} is gone`, holds: unset(rule.id), undo: putRule(ruleOnly(rule), `Rule ${rule.id} is back`),
  };
}
