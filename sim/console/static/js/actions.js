// Everything that changes something goes through act: it sends the request,
// says what came of it, offers to undo it, and shows the same thing as commands.
import { store } from "./lib.js";
import { ask, send } from "./http.js";
import { capisim, curl } from "./command.js";
import { refresh } from "./model.js";

export const notices = store({ list: [], last: null });

let serial = 0;

export function notify(tone, text, undo) {
  const notice = { id: ++serial, tone, text, undo };
  notices.set({ list: [...notices.get().list.slice(-2), notice] });
  setTimeout(() => dismiss(notice.id), tone === "bad" ? 12_000 : 6_000);
}

export function dismiss(id) {
  notices.set({ list: notices.get().list.filter((n) => n.id !== id) });
}

/**
 * Sends a request that changes something. It is {method, path, body, file,
 * says, quiet, command, undo, after}: file stands for a body from a file of the
 * user, command are the arguments of capisim or null, undo is an action, after
 * are the parts of the model that it changes; quiet says nothing of a success
 * that shows by itself. Returns the answer, or undefined when the server refused.
 */
export async function act(action) {
  notices.set({ last: { curl: curl(action), capisim: capisim(action.command) } });
  try {
    const answer = await ask(action.method, action.path, action.body);
    for (const part of action.after ?? []) refresh[part]();
    if (!action.quiet) notify("ok", action.says, action.undo);
    return answer ?? {};
  } catch (error) {
    notify("bad", error.message);
    return undefined;
  }
}

/** Reads a text and shows the command for it. */
export async function download({ path, command }) {
  notices.set({ last: { curl: curl({ method: "GET", path }), capisim: capisim(command) } });
  try {
    return await (await send("GET", path)).text();
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
    says: `${operation} now answers ${status}`,
  };
}

/** The action that clears a toggle. */
export function clearToggle(operation, status, undo) {
  return {
    method: "DELETE", path: `/faults/${operation}/${status}`, command: ["fault", "clear", `${operation}-${status}`], undo, after: ["faults"],
    says: `${operation} no longer answers ${status}`,
  };
}

/** What a rule is without its counters: it can be sent again. */
export function ruleOnly(rule) {
  const { matched, injected, remaining, ...bare } = rule;
  return bare;
}

/** The action that takes a rule away. */
export function clearRule(rule) {
  return {
    method: "DELETE", path: `/faults/${encodeURIComponent(rule.id)}`, command: ["fault", "clear", rule.id], after: ["faults"],
    says: `Rule ${rule.id} is gone`,
    undo: { method: "PUT", path: `/faults/${encodeURIComponent(rule.id)}`, body: ruleOnly(rule), command: null, after: ["faults"], says: `Rule ${rule.id} is back` },
  };
}
