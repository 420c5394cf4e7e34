// The looks of parts that load later come with them.

/** Adds a style sheet to the page, once. */
export function dress(file) {
  if (document.querySelector(`link[href="${file}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: file }));
}
