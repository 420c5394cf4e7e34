package admin

import (
	"html"
	"net/http"
	"strings"

	"example.com/capisim/docs"
	"example.com/capisim/schemas"
)

// docsStyle keeps long tables readable; pages load nothing.
const docsStyle = `body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
nav a{margin-right:1rem}table{border-collapse:collapse;display:block;overflow-x:auto}th,td{border:1px solid #8886;padding:.3rem .6rem;text-align:left;vertical-align:top}
pre{overflow-x:auto;padding:1rem;background:#8881}code{font-size:.9em}:root{color-scheme:light dark}`

// getDocs answers the reference as one page.
func (c *call) getDocs() (reply, error) {
	var body strings.Builder
	for _, page := range docs.Pages() {
		if page.Reference {
			body.WriteString(page.HTML("docs/"))
		}
	}
	return c.docsPage("capisim: reference", "docs/", body.String()), nil
}

// getDocsPage answers one page.
func (c *call) getDocsPage() (reply, error) {
	page, ok := docs.Find(c.params["page"])
	if !ok {
		return reply{}, notFound("no page %q; GET /admin/docs leads to all", c.params["page"])
	}
	return c.docsPage(page.Title, "", page.HTML("")), nil
}

func (c *call) docsPage(title, folder, body string) reply {
	c.writer.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" +
		html.EscapeString(title) + "</title><style>" + docsStyle + "</style></head><body>\n<nav>")
	for _, page := range docs.Pages() {
		b.WriteString(`<a href="` + folder + page.Name + `">` + html.EscapeString(page.Title) + "</a> ")
	}
	b.WriteString("</nav>\n<main>\n" + body + "</main></body></html>\n")
	return reply{status: http.StatusOK, raw: []byte(b.String()), media: "text/html; charset=utf-8"}
}

// getSchema answers a JSON schema as editors read it.
func (c *call) getSchema() (reply, error) {
	text, ok := schemas.Text(c.params["name"])
	if !ok {
		return reply{}, notFound("no schema %q, expected one of %s", c.params["name"], strings.Join(schemas.Names(), ", "))
	}
	return reply{status: http.StatusOK, raw: text, media: "application/schema+json"}, nil
}
