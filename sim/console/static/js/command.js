// The same thing in a shell: for each action the curl and the capisim line.
import { adminURL, root, token, worldName } from "./http.js";

/** Quotes a word for a POSIX shell. */
export function quoted(word) {
  const text = String(word);
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

const line = (words) => words.map((w) => (typeof w === "string" || typeof w === "number" ? quoted(w) : w.raw)).join(" ");

function loopbackTLS(url) {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

// The token itself does not belong into a shell's history.
const bearer = { raw: `-H "Authorization: Bearer $CAPISIM_ADMIN_TOKEN"` };

/** The curl line of an admin request. A body of null is a file of the user. */
export function curl({ method, path, body, file }) {
  const url = adminURL(path);
  const words = ["curl"];
  if (loopbackTLS(url)) words.push("-k");
  if (method !== "GET") words.push("-X", method);
  words.push(url);
  if (token.get()) words.push(bearer);
  if (file) words.push("--data-binary", `@${file}`);
  else if (body !== undefined) words.push("-d", JSON.stringify(body));
  return line(words);
}

/** The capisim line for its arguments. The token comes from the environment. */
export function capisim(args) {
  if (!args) return "";
  const words = ["capisim", ...args];
  const url = root.replace(/\/$/, "");
  if (url !== "http://127.0.0.1:8080") words.push("--url", url);
  if (worldName && args[0] !== "world") words.push("--world", worldName);
  return line(words);
}

// What was masked comes from the environment of the shell.
const unmasked = (text) => ({ raw: text.split("[MASKED]").map((part) => part && quoted(part)).join('"$TOKEN"') });

/** The curl line of a request that a client sent, as far as it was kept. */
export function replay(base, request) {
  const words = ["curl", "-X", request.method, unmasked(base + request.path + (request.query ? `?${request.query}` : ""))];
  for (const [name, values] of Object.entries(request.headers)) {
    if (/^(host|content-length|accept-encoding|connection|user-agent)$/i.test(name)) continue;
    for (const value of values) words.push("-H", unmasked(`${name}: ${value}`));
  }
  if (request.body && !request.body_encoding) words.push("--data-binary", unmasked(request.body));
  return line(words);
}
