// A request that is written here, or one of the journal once more, by the token of
// a user of the world; its answer beside the old one.
import { html, useEffect, useRef, useState } from "./lib.js";
import { ask } from "./http.js";
import { act } from "./actions.js";
import { Button, Field } from "./ui.js";
import { Drawer } from "./drawer.js";
import { Differences, Side } from "./differences.js";
import { dress } from "./dress.js";

// What a client adds by itself, and what was masked.
const dropped = /^(host|content-length|accept-encoding|connection|user-agent|authorization)$/i;

const fresh = { method: "GET", path: "/v3/processes", headers: "Content-Type: application/json", body: "", user: "" };

/** A request of the journal as it is written here. */
function writtenOf({ request, client }, users) {
  const headers = Object.entries(request.headers).filter(([name]) => !dropped.test(name)).map(([name, list]) => `${name}: ${list.join(", ")}`);
  return { method: request.method, path: request.path + (request.query ? `?${request.query}` : ""), headers: headers.sort().join("\n"), body: request.body_encoding ? "" : request.body,
    user: users.includes(client.user) ? client.user : "" };
}

/** The headers of lines "Name: value". */
function headersOf(text) {
  const lines = text.split("\n").filter((line) => line.trim() !== "").map((line) => /^([^:]*):?(.*)$/.exec(line));
  return Object.fromEntries(lines.map(([, name, value]) => [name.trim(), value.trim()]));
}

function warnings(written, old) {
  const list = [];
  if (`${written.path}${written.headers}${written.body}`.includes("[MASKED]")) list.push("The journal keeps no secrets: [MASKED] stands where one was. Write it in.");
  if (old?.request.body_cut) list.push("The journal has only the beginning of the body.");
  if (old?.request.body_encoding) list.push("The body was not text, and is left out.");
  return list;
}

function Form({ old, users }) {
  const [written, setWritten] = useState(() => (old ? writtenOf(old, users) : { ...fresh, user: users[0] ?? "" }));
  const [wrong, setWrong] = useState([]);
  const [answered, setAnswered] = useState(null);
  const [waits, setWaits] = useState(false);
  const sending = useRef(null);
  useEffect(() => () => sending.current?.abort(), []);
  const field = (key) => ({ value: written[key], onInput: (e) => setWritten((w) => ({ ...w, [key]: e.target.value })), spellcheck: false, autocomplete: "off",
    "aria-invalid": wrong.some((p) => p.pointer.startsWith(`/${key}`)) ? "true" : undefined });
  const submit = async (event) => {
    event.preventDefault();
    const { method, path, body, user } = written;
    const request = { method: method.trim(), path: path.trim(), headers: headersOf(written.headers) };
    if (body) request.body = body;
    if (user) request.user = user;
    sending.current = new AbortController();
    setWrong([]);
    setWaits(true);
    const got = await act({ method: "POST", path: "/requests", body: request, command: null, quiet: true, signal: sending.current.signal, refused: ({ problems }) => setWrong(problems) });
    setWaits(false);
    if (got) setAnswered(got);
  };
  return html`<form class="editor again" onSubmit=${submit} noValidate><div class="editor-form stack">
      <${Field} label="By the token of"><select value=${written.user} onChange=${(e) => setWritten((w) => ({ ...w, user: e.target.value }))}>
        <option value="">nobody, or as the headers say</option>${users.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select><//>
      <div class="request-line"><${Field} label="Method"><input list="methods" ...${field("method")} /><//><${Field} label="Path, with the query"><input ...${field("path")} /><//></div>
      <datalist id="methods">${["GET", "POST", "PATCH", "PUT", "DELETE"].map((m) => html`<option key=${m} value=${m}></option>`)}</datalist>
      <${Field} label="Headers, one a line"><textarea rows="4" ...${field("headers")}></textarea><//>
      <${Field} label="Body"><textarea rows="10" ...${field("body")}></textarea><//>
      ${warnings(written, old).map((text) => html`<p key=${text} class="notice warn">${text}</p>`)}
      ${wrong.length > 0 && html`<div class="notice bad" role="alert"><ul class="verdict">${wrong.map((p, i) => html`<li key=${i}><code>${p.pointer}</code> ${p.detail}</li>`)}</ul></div>`}
      <div class="buttons"><button type="submit" class="button primary" disabled=${waits}>Send</button>${waits && html`<${Button} onClick=${() => sending.current.abort()}>Leave without an answer<//>`}</div></div>
    <div class="editor-side stack" role="status" aria-label="The answer">
      ${waits ? html`<p class="muted">Waiting for the answer…</p>` : !answered && html`<p class="muted">${old ? "What comes back is shown here, beside the old answer." : "What comes back is shown here."}</p>`}
      ${answered && html`<${Side} view=${answered} />`}
      ${answered && old && html`<${Differences} one=${old} other=${answered} />`}
      ${old && html`<${Side} view=${old} />`}</div></form>`;
}

/** The page; id is again/new or again/REQUEST. */
export function Again({ id, onClose }) {
  const of = id.replace("again/", "");
  const [ready, setReady] = useState(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    dress("editor.css");
    Promise.all([of === "new" ? null : ask("GET", `/requests/${of}`), ask("GET", "/users?per_page=5000")])
      .then(([old, users]) => setReady({ old, users: users.resources.map((user) => user.name) }), (error) => setProblem(error.message));
  }, [id]);
  return html`<${Drawer} title=${of === "new" ? "Send a request" : `Request ${of}, once more`} kind="wide" onClose=${onClose}>
    ${problem && html`<p class="notice bad" role="alert">${problem}</p>`}${ready && html`<${Form} ...${ready} />`}<//>`;
}
