// The draft of a toggle: what it is in the language of rules, and as a command.

/** What a panel holds, all of it as it was typed. */
export const noDraft = {
  mode: "always", times: "3", error: "", delay: "", retryAfter: "", connection: "", after: false, skip: "", probability: "", from: "", until: "",
};

/** The draft of a toggle that is set. */
export function draftOf(rule) {
  const when = rule.when ?? {};
  const times = when.times;
  return {
    ...noDraft,
    mode: times === undefined ? "always" : times === 1 ? "once" : "times",
    times: String(times ?? 3),
    error: rule.respond?.error ?? "",
    delay: rule.delay?.fixed ?? "",
    retryAfter: rule.respond?.headers?.["Retry-After"] ?? "",
    connection: rule.connection?.kind ?? rule.connection ?? "",
    after: rule.apply === "after",
    skip: when.skip ? String(when.skip) : "",
    probability: when.probability === undefined ? "" : String(Math.round(when.probability * 100)),
    from: when.from ?? "",
    until: when.until ?? "",
  };
}

/** The body of PUT /admin/faults/{operation}/{status}. */
export function bodyOf(draft) {
  const when = {};
  if (draft.mode === "once") when.times = 1;
  if (draft.mode === "times") when.times = Number(draft.times);
  if (draft.skip) when.skip = Number(draft.skip);
  if (draft.probability) when.probability = Number(draft.probability) / 100;
  if (draft.from) when.from = draft.from;
  if (draft.until) when.until = draft.until;
  const respond = {};
  if (draft.error) respond.error = draft.error;
  if (draft.retryAfter) respond.headers = { "Retry-After": draft.retryAfter };
  const body = {};
  if (Object.keys(when).length > 0) body.when = when;
  if (Object.keys(respond).length > 0) body.respond = respond;
  if (draft.delay) body.delay = { fixed: draft.delay };
  if (draft.connection) body.connection = draft.connection;
  if (draft.after) body.apply = "after";
  return body;
}

/** The arguments of capisim that set the same; null for what it has no flag. */
export function commandOf(operation, status, draft, errors = []) {
  if (draft.from || (draft.error && draft.error !== errors[0]?.name)) return null;
  const args = ["fault", "set", operation, String(status)];
  const flag = (name, value) => value && args.push(name, String(value));
  if (draft.mode !== "always") args.push("--times", draft.mode === "once" ? "1" : draft.times);
  flag("--skip", draft.skip);
  if (draft.probability) args.push("--probability", String(Number(draft.probability) / 100));
  flag("--for", draft.until);
  flag("--delay", draft.delay);
  flag("--retry-after", draft.retryAfter);
  flag("--connection", draft.connection);
  if (draft.after) args.push("--after");
  return args;
}
