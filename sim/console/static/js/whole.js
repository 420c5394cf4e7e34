// Whole columns, whole rows and everything: each is one rule, or one a row, that
// its head sets and takes away again. A cell can be taken out of it.
import { act, clearRule, patchRule, putRule, ruleOnly } from "./actions.js";
import { bodyOf } from "./draft.js";

const isColumn = (rule) => /^(all|supporting)-\d+$/.test(rule.id);
const isRow = (rule) => /^\w+-all$/.test(rule.id);

/** The operation answers each of its errors in turn. */
function rowRule(operation, draft) {
  const errors = operation.statuses.map((s) => s.status).filter((status) => status >= 400).sort((a, b) => a - b);
  return { id: `${operation.id}-all`, match: { operations: [operation.id] }, sequence: errors.map((status) => ({ status })), repeat: "cycle", ...bodyOf(draft) };
}

function columnRule(rows, status, draft) {
  const able = rows.filter((op) => op.statuses.some((s) => s.status === status)).map((op) => op.id);
  return { id: `${rows[0].supporting ? "supporting" : "all"}-${status}`, match: { operations: able }, respond: { status }, ...bodyOf(draft) };
}

/**
 * The heads of a table of operations. Each is {id, on, title, press, opens}: press
 * sets its rules as the draft has it or, when they are in force, takes them away;
 * opens is the address where its rule is edited before that.
 */
export function wholesOf(rows, rules, inForce, draft) {
  const now = (id) => rules.find((rule) => rule.id === id && inForce(rule));
  const one = (rule, says, title) => {
    const set = now(rule.id);
    const gone = { method: "DELETE", path: `/faults/${encodeURIComponent(rule.id)}`, command: ["fault", "clear", rule.id], after: ["faults"], says: `Rule ${rule.id} is gone` };
    return { id: rule.id, on: Boolean(set), title: set ? `In force: press to clear ${rule.id}` : title, press: () => act(set ? clearRule(set) : putRule(rule, says, gone)),
      opens: set ? `#answers/rule/${rule.id}` : `#answers/new/${encodeURIComponent(JSON.stringify(rule))}` };
  };
  return {
    column: (status) => one(columnRule(rows, status, draft), `All operations that can now answer ${status}`, `Make all operations that can answer ${status}`),
    row: (operation) => one(rowRule(operation, draft), `${operation.id} now answers each of its errors in turn`, `Make ${operation.id} answer each of its errors in turn`),
    everything: everything(rows.map((operation) => rowRule(operation, draft)), now),
  };
}

function everything(list, now) {
  const set = list.map((rule) => now(rule.id)).filter(Boolean);
  const on = list.length > 0 && set.length === list.length;
  const put = (body, says, undo) => ({ method: "POST", path: "/faults", body, command: null, after: ["faults"], says, undo });
  const press = async () => {
    if (!on) return act(put(list, "All operations now answer each of their errors in turn"));
    for (const rule of set.slice(1)) await act({ ...clearRule(rule), quiet: true });
    return act({ ...clearRule(set[0]), says: "All operations answer normally again", undo: put(set.map(ruleOnly), "All is as it was") });
  };
  return { id: "everything", on, title: on ? "In force: press to clear it" : "Make all operations answer each of their errors in turn", press, opens: "#answers/new" };
}

/** The action that takes a cell out of the rule of a row or column; null for
 * another rule. */
export function withoutCell(rule, { operation, status }) {
  const says = `${operation.id} no longer answers ${status}`;
  if (isColumn(rule)) {
    const operations = rule.match.operations.filter((id) => id !== operation.id);
    return operations.length > 0 ? patchRule(rule, { match: { ...rule.match, operations } }, says) : clearRule(rule);
  }
  if (!isRow(rule)) return null;
  const sequence = rule.sequence.filter((step) => step.status !== status);
  return sequence.length > 0 ? patchRule(rule, { sequence }, says) : clearRule(rule);
}
