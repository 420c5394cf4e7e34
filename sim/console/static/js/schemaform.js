// A form made from a JSON schema, for a value that may be wrong while it is typed:
// nothing is refused here, what is wrong is told by the one who checks the value.
import { html, useState } from "./lib.js";
import { isObject } from "./format.js";
import { Button } from "./ui.js";

const under = (pointer, key) => `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** A schema with its reference followed; what stands beside the reference wins. */
function resolve(schema, root) {
  if (!schema.$ref) return schema;
  const { $ref, ...beside } = schema;
  return { ...resolve($ref.slice(2).split("/").reduce((node, key) => node[key], root), root), ...beside };
}

/** What a description says, and what it means to leave the value out. */
function words({ description = "" }) {
  const [says, without = ""] = description.split(/\s*Left out: /);
  return { says, without: without.replace(/\.$/, "") };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// How a value is shown as a text, and what a text means; "" leaves it out.
const asText = { show: (value) => (typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)), read: (text) => text || undefined };
const asNumber = { show: asText.show, read: (text) => (text.trim() === "" ? undefined : Number.isFinite(Number(text)) ? Number(text) : text) };
const asJSON = {
  show: (value) => (typeof value === "string" && parsed(value) === undefined ? value : value === undefined ? "" : JSON.stringify(value)),
  read: (text) => (text === "" ? undefined : parsed(text) ?? (text.trim() === "null" ? null : text)),
};

const problemsAt = (form, pointer) => form.problems.filter((p) => p.pointer === pointer);
const problemsWithin = (form, pointer) => form.problems.filter((p) => p.pointer === pointer || p.pointer.startsWith(`${pointer}/`));
const Mistakes = ({ list }) => list.map((p) => html`<span key=${p.detail} class="mistake" role="alert">${p.detail}</span>`);

/** One field; problems within its value are its own. */
function Leaf({ name, schema, pointer, form, children }) {
  const wrong = problemsWithin(form, pointer);
  const { says } = words(schema);
  return html`<label class="field" data-pointer=${pointer}><span class="field-label">${name}</span>${children(wrong.length > 0 ? "true" : undefined)}
    ${wrong.length > 0 ? html`<${Mistakes} list=${wrong} />` : says && html`<span class="field-hint">${says}</span>`}</label>`;
}

/** A text as it was typed, as long as it means the value. */
function Text({ value, change, as, ...node }) {
  const [typed, type] = useState(as.show(value));
  const text = same(as.read(typed), value) ? typed : as.show(value);
  const input = (event) => {
    type(event.target.value);
    change(as.read(event.target.value));
  };
  return html`<${Leaf} ...${node}>${(invalid) => html`<input value=${text} placeholder=${words(node.schema).without} aria-invalid=${invalid} onInput=${input} autocomplete="off" spellcheck=${false} />`}<//>`;
}

function Options({ value, change, options, ...node }) {
  const at = options.findIndex((option) => same(option, value));
  return html`<${Leaf} ...${node}>${(invalid) => html`<select value=${at} aria-invalid=${invalid} onChange=${(e) => change(options[e.target.value])}>
    <option value="-1">left out${words(node.schema).without && `: ${words(node.schema).without}`}</option>${options.map((option, i) => html`<option key=${i} value=${i}>${String(option)}</option>`)}</select>`}<//>`;
}

/** A list of names, of which some are known. */
function Several({ name, schema, value, pointer, change, form, known }) {
  const list = Array.isArray(value) ? value : [];
  const put = (next) => change(next.length > 0 ? next : undefined);
  const toggle = (one, on) => put(on ? [...list, one] : list.filter((other) => other !== one));
  const others = { show: (rest) => (rest ?? []).join(", "), read: (text) => text.split(/[\s,]+/).filter(Boolean) };
  return html`<fieldset class="several" data-pointer=${pointer}><legend class="field-label">${name}</legend>
    <div class="several-known">${known.map((one) => html`<label key=${one} class="check"><input type="checkbox" checked=${list.includes(one)} onChange=${(e) => toggle(one, e.target.checked)} /><span>${one}</span></label>`)}</div>
    <${Text} name="others, by name" schema=${schema} pointer=${pointer} form=${form} as=${others} value=${list.filter((one) => !known.includes(one))}
      change=${(rest) => put([...list.filter((one) => known.includes(one)), ...rest])} /></fieldset>`;
}

/** A part of the form that opens when it holds something. */
function Part({ name, schema, value, pointer, form, children }) {
  return html`<details class="part" data-pointer=${pointer} open=${value !== undefined || problemsWithin(form, pointer).length > 0}>
    <summary>${name}</summary><p class="field-hint">${schema.description}</p><${Mistakes} list=${problemsAt(form, pointer)} />${children}</details>`;
}

function Fields({ schema, value, pointer, change, form }) {
  const held = isObject(value) ? value : {};
  const set = (key) => (next) => {
    const { [key]: _, ...rest } = held;
    const all = next === undefined ? rest : { ...held, [key]: next };
    change(Object.keys(all).length > 0 ? all : undefined);
  };
  return html`<div class="fields">${Object.entries(schema.properties).map(([key, one]) => html`<${Node} key=${key} name=${key} schema=${one} value=${held[key]} pointer=${under(pointer, key)} change=${set(key)} form=${form} />`)}</div>`;
}

/** Values by names that are free. */
function Named({ schema, value, pointer, change, form }) {
  const [name, setName] = useState("");
  const held = isObject(value) ? value : {};
  const without = (key) => Object.fromEntries(Object.entries(held).filter(([other]) => other !== key));
  const put = (next) => change(Object.keys(next).length > 0 ? next : undefined);
  const add = () => {
    if (name) put({ ...held, [name]: "" });
    setName("");
  };
  const enter = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  };
  return html`${Object.entries(held).map(([key, one]) => html`<div key=${key} class="named"><${Node} name=${key} schema=${{ ...schema.additionalProperties, description: "" }} value=${one} pointer=${under(pointer, key)} change=${(next) => put({ ...held, [key]: next ?? "" })} form=${form} />
      <${Button} kind="quiet small" label=${`Remove ${key}`} onClick=${() => put(without(key))}>✕<//></div>`)}
    <div class="inline-form"><input aria-label=${`Name of another entry of ${pointer.slice(1)}`} placeholder=${schema.propertyNames?.["x-expected"] ?? "name"} value=${name} onInput=${(e) => setName(e.target.value.trim())} onKeyDown=${enter} /><${Button} kind="small" disabled=${!name} onClick=${add}>Add<//></div>`;
}

function List({ name, schema, value, pointer, change, form }) {
  const list = Array.isArray(value) ? value : [];
  const put = (next) => change(next.length > 0 ? next : undefined);
  const swap = (i, j) => put(list.map((one, at) => (at === i ? list[j] : at === j ? list[i] : one)));
  const item = resolve(schema.items, form.root);
  return html`${list.map((one, i) => html`<fieldset key=${i} class="item" data-pointer=${under(pointer, i)}><legend class="field-label">${name} ${i + 1}</legend><${Mistakes} list=${problemsAt(form, under(pointer, i))} />
      ${item.properties
        ? html`<${Fields} schema=${item} value=${one} pointer=${under(pointer, i)} change=${(next) => put(list.map((old, at) => (at === i ? next ?? {} : old)))} form=${form} />`
        : html`<${Node} name=${`${name} ${i + 1}`} schema=${item} value=${one} pointer=${under(pointer, i)} change=${(next) => put(list.map((old, at) => (at === i ? next ?? "" : old)))} form=${form} />`}
      <div class="buttons"><${Button} kind="quiet small" label=${`Move ${name} ${i + 1} up`} disabled=${i === 0} onClick=${() => swap(i, i - 1)}>↑<//><${Button} kind="quiet small" label=${`Move ${name} ${i + 1} down`} disabled=${i === list.length - 1} onClick=${() => swap(i, i + 1)}>↓<//>
        <${Button} kind="quiet small" label=${`Remove ${name} ${i + 1}`} onClick=${() => put(list.filter((_, at) => at !== i))}>✕<//></div></fieldset>`)}
    <${Button} kind="small" label=${`Add to ${name}`} onClick=${() => put([...list, item.properties ? {} : ""])}>Add<//>`;
}

/** A bare value, or an object whose first key means the same. */
function Variant({ schema, value, change, ...node }) {
  const object = isObject(value);
  const inner = resolve(schema.then, node.form.root);
  const [first] = Object.keys(inner.properties);
  const turn = (event) => change(event.target.checked ? (value ? { [first]: value } : {}) : value[first]);
  return html`<div class="variant">${object
    ? html`<fieldset class="item" data-pointer=${node.pointer}><legend class="field-label">${node.name}</legend><${Mistakes} list=${problemsAt(node.form, node.pointer)} /><${Fields} ...${node} schema=${inner} value=${value} change=${change} /></fieldset>`
    : html`<${Node} ...${node} schema=${{ ...(schema.else ?? {}), description: schema.description }} value=${value} change=${change} />`}
    <label class="check"><input type="checkbox" checked=${object} aria-label=${`${inner.description} for ${node.pointer}`} onChange=${turn} /><span>${inner.description.replace(/\.$/, "").toLowerCase()}</span></label></div>`;
}

/** A field, or a part with more fields, as the schema has it. */
export function Node({ schema: given, ...node }) {
  const schema = resolve(given, node.form.root);
  const own = { ...node, schema };
  if (schema.if?.type === "object") return html`<${Variant} ...${own} />`;
  if (schema.enum) return html`<${Options} ...${own} options=${schema.enum} />`;
  if (schema.type === "boolean") return html`<${Options} ...${own} options=${[true, false]} />`;
  if (schema.type === "integer" || schema.type === "number") return html`<${Text} ...${own} as=${asNumber} />`;
  if (schema.type === "string") return html`<${Text} ...${own} as=${asText} />`;
  const known = schema.items?.anyOf?.find((one) => one.enum)?.enum;
  if (known) return html`<${Several} ...${own} known=${known} />`;
  if (schema.items && schema.type === "array") return html`<${Part} ...${own}><${List} ...${own} /><//>`;
  if (schema.properties) return html`<${Part} ...${own}><${Fields} ...${own} /><//>`;
  if (isObject(schema.additionalProperties)) return html`<${Part} ...${own}><${Named} ...${own} /><//>`;
  return html`<${Text} ...${own} as=${asJSON} />`;
}

/** The form of a whole value: problems are {pointer, detail}, change takes the new value. */
export function SchemaForm({ schema, value, problems, change }) {
  return html`<${Fields} schema=${schema} value=${value} pointer="" change=${(next) => change(next ?? {})} form=${{ root: schema, problems }} />`;
}
