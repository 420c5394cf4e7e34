package console_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// swept is the report of a client that repeats a restart whose answer was lost.
func swept() string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	once := `curl -sf -X DELETE $CF_API/v3/processes/` + harness.DemoWeb + `/instances/0 -H "Authorization: bearer admin"`
	sweep := exec.Command(harness.Binary(), "sweep", "--only", "terminateProcessInstance:reset,terminateProcessInstance:503", "--modes", "once,after", "--out", folder, "--", "sh", "-c", once+" || "+once)
	out, err := sweep.CombinedOutput()
	Expect(sweep.ProcessState.ExitCode()).To(Equal(1), "%v\n%s", err, out) // it finds something
	return filepath.Join(folder, "sweep.json")
}

// openFile gives the page a file as if a person had picked it.
func (t *tab) openFile(path string) {
	GinkgoHelper()
	t.run(chromedp.SetUploadFiles(`.drop input[type="file"]`, []string{path}, chromedp.ByQuery))
}

var _ = Describe("A sweep report", func() {
	It("is opened from its file by two clicks, and its findings open", func() {
		t := visit(harness.World(root, "default").Base, "#evidence")
		t.click(`a[href="#evidence/sweep"]`)
		t.sees(".drop", "Open sweep.json")
		t.clicks++ // the button that lets a person pick the file
		t.openFile(swept())
		Expect(t.clicks).To(Equal(2))
		t.sees(".drawer h2", "Sweep report sweep.json")
		t.shows(".sweep tbody tr", 2)
		t.shows(".sweep-cell", 4)
		t.sees(".finding", "done_twice")
		t.click(".finding summary")
		t.sees(".finding .sent", "terminateProcessInstance 503 injected changed the state")
		t.sees(".finding .command", "capisim sweep --only terminateProcessInstance:")

		t.shows(".sweep [tabindex='0']", 1)
		t.focus(".sweep-cell")
		t.run(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Enter))
		t.sees(".chosen-run", "reset, after")
		t.run(chromedp.KeyEvent(kb.Escape))
		t.shows(".drawer", 0)
		t.click(`a[href="#evidence/sweep"]`)
		t.shows(".sweep-cell", 4) // it is kept while the page is
	})

	DescribeTable("that is none says what was expected, in one message", func(text, message string) {
		const name = "<img src=x onerror=hacked=1>.json"
		file := filepath.Join(GinkgoT().TempDir(), name)
		Expect(os.WriteFile(file, []byte(text), 0o600)).To(Succeed())
		t := visit(harness.World(root, "default").Base, "#evidence/sweep")
		t.sees(".drop", "Open sweep.json")
		t.openFile(file)
		t.sees(".drawer .notice.bad", name+" was not opened: ")
		Expect(t.text(".drawer .notice.bad")).To(And(ContainSubstring(message), HaveSuffix(".")))
		t.shows(".drawer .notice.bad", 1)
		t.shows(".drawer img", 0)
	},
		Entry("not JSON", "<html>", "expected sweep.json, as capisim sweep --out DIR writes it"),
		Entry("a coverage report", `{"version": "1", "operations": []}`, "it has no list “cells”, expected sweep.json"),
		Entry("a list", `[]`, "it has no list “cells”"),
		Entry("of a later version", `{"version": 2, "cells": []}`, "version: 2, expected 1"),
		Entry("with a cell that is broken", `{"version": 1, "command": [], "summary": {}, "cells": [{"operation": "x", "answer": "503", "mode": "once", "grade": "awful"}]}`,
			`cells[0].grade: "awful", expected one of bug, warning, note, good, not_reached`),
		Entry("with a cell that is null", `{"version": 1, "command": [], "summary": {}, "cells": [null]}`, `cells[0].operation: left out, expected the id of an operation`),
	)

	It("of a thousand cells and of a hostile client stays a page", func() {
		cell := `{"operation":"op%d","answer":"503","mode":"once","grade":"bug","verdicts":["crash"],"requests":[{"operation":null}],"sentence":"<script>hacked=1</script>","output":"<img src=x onerror=hacked=1>","exit":"signal: <b>","accepted":null,"bundle":7}`
		var cells []string
		for i := range 1000 {
			cells = append(cells, strings.Replace(cell, "%d", strings.Repeat("x", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676)), 1))
		}
		file := filepath.Join(GinkgoT().TempDir(), "sweep.json")
		Expect(os.WriteFile(file, []byte(`{"version":1,"command":["<b>"],"summary":{},"cells":[`+strings.Join(cells, ",")+`]}`), 0o600)).To(Succeed())
		t := visit(harness.World(root, "default").Base, "#evidence/sweep")
		t.sees(".drop", "Open sweep.json")
		t.openFile(file)
		t.shows(".sweep-cell", 1000)
		t.click(".finding summary")
		t.sees(".finding .run", "<img src=x onerror=hacked=1>")
		Expect(t.count(".drawer img") + t.count(".drawer script")).To(BeZero())
	})
})
