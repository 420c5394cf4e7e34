package docs

import (
	"html"
	"strings"

	"example.com/capisim/sim/document"
)

// Anchor is what a heading is linked by, as hosts of repositories make it.
func Anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 127 && r != '…':
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

// HTML is the page as the contents of a body. Links to other pages lead to
// their names in a folder, "" for the one of this page; those to other files of
// the repository lose their target.
func (p Page) HTML(folder string) string {
	w := &writer{folder: folder}
	w.blocks(strings.Split(strings.TrimRight(p.Markdown, "\n"), "\n"))
	return w.String()
}

type writer struct {
	strings.Builder
	folder string
}

var (
	headingLine = document.Pattern(`^(#{1,4}) (.+)$`)
	itemLine    = document.Pattern(`^(- |\d+\. )(.*)$`)
)

// blocks writes lines that stand on one level.
func (w *writer) blocks(lines []string) {
	for i := 0; i < len(lines); {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "<!--"):
			i++
		case strings.HasPrefix(line, "```"):
			end := until(lines, i+1, func(l string) bool { return strings.HasPrefix(l, "```") })
			w.WriteString("<pre><code>" + html.EscapeString(strings.Join(lines[i+1:end], "\n")) + "</code></pre>\n")
			i = end + 1
		case headingLine().MatchString(line):
			match := headingLine().FindStringSubmatch(line)
			level := string(rune('0' + len(match[1])))
			w.WriteString("<h" + level + ` id="` + Anchor(match[2]) + `">` + w.inline(match[2]) + "</h" + level + ">\n")
			i++
		case strings.HasPrefix(line, "|"):
			end := until(lines, i, func(l string) bool { return !strings.HasPrefix(l, "|") })
			w.table(lines[i:end])
			i = end
		case itemLine().MatchString(line):
			i = w.list(lines, i)
		default:
			end := until(lines, i+1, startsBlock)
			w.WriteString("<p>" + w.inline(strings.Join(lines[i:end], "\n")) + "</p>\n")
			i = end
		}
	}
}

// until is the first line from a place on that is so, or the end.
func until(lines []string, from int, is func(string) bool) int {
	for i := from; i < len(lines); i++ {
		if is(lines[i]) {
			return i
		}
	}
	return len(lines)
}

func startsBlock(line string) bool {
	return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "|") ||
		headingLine().MatchString(line) || itemLine().MatchString(line)
}

// list writes items of one kind with all that is indented below them, and
// returns the line behind.
func (w *writer) list(lines []string, i int) int {
	kind, start := "ul", ""
	if lines[i][0] != '-' {
		number, _, _ := strings.Cut(lines[i], ".")
		kind, start = "ol", ` start="`+number+`"` // a list may go on after a table
	}
	w.WriteString("<" + kind + start + ">\n")
	for i < len(lines) {
		match := itemLine().FindStringSubmatch(lines[i])
		if match == nil || (match[1] == "- ") != (kind == "ul") {
			break
		}
		item := []string{match[2]}
		for i++; i < len(lines); i++ {
			indented := strings.HasPrefix(lines[i], "  ")
			follows := lines[i] == "" && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ")
			if !indented && !follows {
				break
			}
			item = append(item, strings.TrimPrefix(strings.TrimPrefix(lines[i], "  "), " "))
		}
		w.WriteString("<li>")
		w.blocks(item)
		w.WriteString("</li>\n")
	}
	w.WriteString("</" + kind + ">\n")
	return i
}

func (w *writer) table(lines []string) {
	w.WriteString("<table>\n")
	for i, line := range lines {
		if i == 1 {
			continue // the line of dashes
		}
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		w.WriteString("<tr>")
		for _, text := range cells(line) {
			w.WriteString("<" + cell + ">" + w.inline(text) + "</" + cell + ">")
		}
		w.WriteString("</tr>\n")
	}
	w.WriteString("</table>\n")
}

// cells cuts a row at its bars; an escaped one is text.
func cells(line string) []string {
	const bar = "\x00"
	line = strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, bar)
	parts := strings.Split(line, "|")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(part, bar, "|"))
	}
	return parts
}

// held stands where a span of code was while marks are read.
const held = "\x01"

var (
	code   = document.Pattern("`[^`]+`")
	strong = document.Pattern(`\*\*(.+?)\*\*`)
	em     = document.Pattern(`\*([^*\s][^*]*?)\*`)
	anchor = document.Pattern(`\[([^\]]+)\]\(([^)\s]+)\)`)
)

// inline writes a text with its marks; what stands between backticks has none.
func (w *writer) inline(text string) string {
	var codes []string
	text = code().ReplaceAllStringFunc(html.EscapeString(text), func(span string) string {
		codes = append(codes, "<code>"+strings.Trim(span, "`")+"</code>")
		return held
	})
	text = strong().ReplaceAllString(text, "<strong>$1</strong>")
	text = em().ReplaceAllString(text, "<em>$1</em>")
	text = anchor().ReplaceAllStringFunc(text, func(link string) string {
		match := anchor().FindStringSubmatch(link)
		if target, ok := w.target(match[2]); ok {
			return `<a href="` + target + `">` + match[1] + "</a>"
		}
		return match[1]
	})
	for _, one := range codes {
		text = strings.Replace(text, held, one, 1)
	}
	return text
}

// target is where a link leads when pages are found by their names.
func (w *writer) target(link string) (string, bool) {
	if strings.Contains(link, "://") || strings.HasPrefix(link, "#") {
		return link, true
	}
	file, fragment, found := strings.Cut(link, "#")
	page, ok := Find(name(file))
	if !ok || !strings.HasSuffix(file, ".md") {
		return "", false
	}
	target := w.folder + page.Name
	if found {
		target += "#" + fragment
	}
	return target, true
}
