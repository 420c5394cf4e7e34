package console_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"example.com/capisim/tests/harness"
)

// tab is a tab of the browser that a spec has for itself, and all that it
// complained about and asked for.
type tab struct {
	context   context.Context
	listening context.Context // ends with the spec
	base      string          // address of the world
	clicks    int             // that a person would have made up to now

	mutex    sync.Mutex // guards what follows: the browser tells in its own time
	problems []problem
	hosts    []string
	loading  map[network.RequestID]bool // what the page has asked for and not got, its stream of events aside
}

// problem is what a page complained about, and the address that it was about, if
// any: apart, because the number of a port can hold that of a status.
type problem struct{ says, at string }

// free are tabs that no spec has now. To make one costs more than many a spec;
// worlds have addresses of their own, so that tabs have nothing to share.
var free []context.Context

// visit opens the console of a world and waits until it is live. When the spec
// is over the page must not have complained, nor asked any other host.
func visit(base string, parts ...string) *tab {
	GinkgoHelper()
	t := blank(base)
	t.goTo(strings.Join(parts, ""))
	t.sees(".live", "live")
	return t
}

// blank is a tab on no page yet.
func blank(base string) *tab {
	GinkgoHelper()
	t := &tab{base: base, loading: map[network.RequestID]bool{}}
	if last := len(free) - 1; last >= 0 {
		t.context, free = free[last], free[:last]
	} else {
		t.context, _ = chromedp.NewContext(chrome, chromedp.WithNewBrowserContext()) // ends with the browser
		// The first action makes the tab, and must not do so with a context that
		// ends before it.
		Expect(chromedp.Run(t.context, network.Enable(), log.Enable(), runtime.Enable(), emulation.SetFocusEmulationEnabled(true))).To(Succeed())
	}
	var deaf context.CancelFunc
	t.listening, deaf = context.WithCancel(t.context)
	chromedp.ListenTarget(t.listening, t.hear)
	t.size(1440, 900)
	DeferCleanup(func() {
		if CurrentSpecReport().Failed() {
			GinkgoWriter.Println("The page showed at", value[string](t, `location.href + "\n" + document.body.innerText`))
		}
		t.leave()
		deaf()
		free = append(free, t.context)
		t.mutex.Lock()
		defer t.mutex.Unlock()
		Expect(t.problems).To(BeEmpty(), "what the page complained about")
		own, err := url.Parse(base)
		Expect(err).NotTo(HaveOccurred())
		for _, host := range t.hosts {
			Expect(host).To(Equal(own.Host), "a request to another host")
		}
	})
	return t
}

// leave brings the tab to where the next spec takes it up, whatever is not saved.
func (t *tab) leave() {
	GinkgoHelper()
	chromedp.ListenTarget(t.listening, func(event any) {
		if _, asks := event.(*page.EventJavascriptDialogOpening); asks {
			go chromedp.Run(t.context, page.HandleJavaScriptDialog(true)) //nolint:errcheck // else Navigate does not end
		}
	})
	t.run(fetch.Disable(), page.SetBypassCSP(false), emulation.SetEmulatedMedia(), chromedp.Navigate("about:blank"))
}

func (t *tab) hear(event any) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		t.problems = append(t.problems, problem{says: e.ExceptionDetails.Error()})
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			t.problems = append(t.problems, problem{says: fmt.Sprintf("console.%s: %s", e.Type, e.Args[0].Value)})
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			t.problems = append(t.problems, problem{e.Entry.Text, e.Entry.URL})
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && u.Host != "" {
			t.hosts = append(t.hosts, u.Host)
			t.loading[e.RequestID] = !strings.HasSuffix(u.Path, "/admin/events")
		}
	case *network.EventLoadingFinished:
		delete(t.loading, e.RequestID)
	case *network.EventLoadingFailed:
		delete(t.loading, e.RequestID)
	}
}

// forgives takes away problems that a spec has provoked, such as the browser's
// word about a 401; there must be one.
func (t *tab) forgives(text string) {
	GinkgoHelper()
	Eventually(func() bool {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		before := len(t.problems)
		t.problems = slices.DeleteFunc(t.problems, func(p problem) bool { return strings.Contains(p.says, text) })
		return len(t.problems) < before
	}).Should(BeTrue(), "the page said nothing of %s", text)
}

var gone = regexp.MustCompile("Inspected target navigated|Promise was collected|Execution context was destroyed")

// run does things in the tab, all of them within patience.
func (t *tab) run(actions ...chromedp.Action) {
	GinkgoHelper()
	ctx, done := context.WithTimeout(t.context, 2*harness.Patience)
	defer done()
	err := chromedp.Run(ctx, actions...)
	// A page that goes elsewhere while it is asked is asked again there.
	for ; err != nil && gone.MatchString(err.Error()); err = chromedp.Run(ctx, actions...) {
	}
	Expect(err).NotTo(HaveOccurred())
}

// goTo opens a part of the console, such as "#requests".
func (t *tab) goTo(part string) {
	GinkgoHelper()
	t.run(chromedp.Navigate(t.base + "/console/" + part))
}

// part changes to a part of the console by its link.
func (t *tab) part(name string) {
	GinkgoHelper()
	t.click(fmt.Sprintf(`nav.tabs a[href="#%s"]`, name))
	t.rests(`#` + name + `-title, #matrix-title`)
}

func (t *tab) size(width, height int64) {
	GinkgoHelper()
	t.run(chromedp.EmulateViewport(width, height))
}

// theme sets what the reader prefers; without motion colours are what they will
// be at once.
func (t *tab) theme(name string) {
	GinkgoHelper()
	t.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}

// resting is where an element is once a person could press it: enabled, in view,
// where it was a frame before, and with nothing over it.
const resting = `(async (selector, patience) => {
	const end = performance.now() + patience;
	for (let before = ""; performance.now() < end; await new Promise(requestAnimationFrame)) {
		const element = document.querySelector(selector);
		if (!element || element.matches(":disabled")) continue;
		element.scrollIntoView({ block: "center", behavior: "instant" });
		const box = element.getClientRects()[0];
		if (!box || !box.width || !box.height) continue;
		const place = [box.x + box.width / 2, box.y + box.height / 2];
		const top = document.elementFromPoint(...place);
		if (String(place) === before && (element.contains(top) || top?.closest("label")?.contains(element))) return place;
		before = String(place);
	}
	throw new Error("nothing that can be pressed is at " + selector);
})(%q, %d)`

// rests waits until an element could be pressed, and nothing is to come that
// would move it; what is held back is not waited for.
func (t *tab) rests(selector string) (x, y float64) {
	GinkgoHelper()
	for end := time.Now().Add(2 * time.Second); ; {
		place := value[[]float64](t, fmt.Sprintf(resting, selector, harness.Patience.Milliseconds()))
		if !t.loads() || time.Now().After(end) {
			return place[0], place[1]
		}
	}
}

// loads reports whether the page has asked for something that has not come.
func (t *tab) loads() bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, waited := range t.loading {
		if waited {
			return true
		}
	}
	return false
}

// click waits for an element and clicks it where it is on the screen.
func (t *tab) click(selector string) {
	GinkgoHelper()
	t.press(selector, "click")
}

// opens clicks an element with the other button of the mouse.
func (t *tab) opens(selector string) {
	GinkgoHelper()
	t.press(selector, "contextmenu", chromedp.ButtonRight)
}

// guarded lets the next press reach an element and nothing else, and notes which of
// them it came to. What comes by itself, such as a new world, moves a page under the
// pointer.
const guarded = `((selector, last) => {
	const events = ["pointerdown", "mousedown", "pointerup", "mouseup", last];
	const guard = (event) => {
		const element = document.querySelector(selector);
		const meant = !!element && (element.contains(event.target) || !!event.target.closest?.("label")?.contains(element));
		if (!meant) {
			event.preventDefault();
			event.stopImmediatePropagation();
		}
		if (event.type !== last) return;
		window.pressed = meant;
		window.unguard();
	};
	window.unguard?.();
	window.unguard = () => events.forEach((type) => window.removeEventListener(type, guard, true));
	window.pressed = false;
	events.forEach((type) => window.addEventListener(type, guard, true));
})(%q, %q)`

// press presses an element until that has reached it: last is the event that ends it.
// On the page that it may lead to nobody has taken note.
func (t *tab) press(selector, last string, options ...chromedp.MouseOption) {
	GinkgoHelper()
	t.clicks++
	Eventually(func(g Gomega) {
		x, y := t.rests(selector)
		t.run(chromedp.Evaluate(fmt.Sprintf(guarded, selector, last), nil))
		t.run(chromedp.MouseClickXY(x, y, options...))
		g.Expect(value[bool](t, "window.pressed ?? true")).To(BeTrue(), "the press has not reached %s", selector)
	}).Should(Succeed())
}

// focus gives an element the keyboard, and marks what it holds.
func (t *tab) focus(selector string) {
	GinkgoHelper()
	t.rests(selector)
	t.run(chromedp.Evaluate(fmt.Sprintf(`(e => { e.focus(); e.select?.(); })(document.querySelector(%q))`, selector), nil))
}

// fill types into a field in place of what it holds.
func (t *tab) fill(selector, text string) {
	GinkgoHelper()
	t.focus(selector)
	t.run(chromedp.KeyEvent(text))
}

// paste puts a text into a field in place of what it holds, all at once.
func (t *tab) paste(selector, text string) {
	GinkgoHelper()
	t.focus(selector)
	t.run(input.InsertText(text))
}

// choose picks an option of a select, as the browser does when a person picks it.
func (t *tab) choose(selector, value string) {
	GinkgoHelper()
	t.rests(selector)
	t.run(chromedp.Evaluate(fmt.Sprintf(
		`(s => { s.value = %q; s.dispatchEvent(new Event("change", { bubbles: true })); })(document.querySelector(%q))`, value, selector), nil))
}

// value is what an expression is worth in the page.
func value[T any](t *tab, expression string) T {
	GinkgoHelper()
	var out T
	t.run(chromedp.Evaluate(expression, &out, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return out
}

// text is what the first element of a selector shows, "" when there is none.
func (t *tab) text(selector string) string {
	GinkgoHelper()
	return value[string](t, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// count is how many elements a selector finds.
func (t *tab) count(selector string) int {
	GinkgoHelper()
	return value[int](t, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector))
}

// attribute of the first element of a selector, "" when there is none.
func (t *tab) attribute(selector, name string) string {
	GinkgoHelper()
	return value[string](t, fmt.Sprintf(`document.querySelector(%q)?.getAttribute(%q) ?? ""`, selector, name))
}

// awaiting is what the page shows once it is as wanted, or at the end of patience.
// The page waits by itself: to ask it again and again from here keeps the browser
// busy.
const awaiting = `(async (look, wanted, patience) => {
	const end = performance.now() + patience;
	for (let found = look(); ; found = look()) {
		if (wanted(found) || performance.now() > end) return found;
		await new Promise((done) => setTimeout(done, 20));
	}
})(() => %s, (found) => %s, %d)`

// sees waits until an element shows a text.
func (t *tab) sees(selector, text string) {
	GinkgoHelper()
	wanted, err := json.Marshal(text)
	Expect(err).NotTo(HaveOccurred())
	Expect(value[string](t, fmt.Sprintf(awaiting, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector),
		fmt.Sprintf("found.includes(%s)", wanted), harness.Patience.Milliseconds()))).To(ContainSubstring(text))
}

// shows waits until a selector finds so many elements.
func (t *tab) shows(selector string, n int) {
	GinkgoHelper()
	Expect(value[int](t, fmt.Sprintf(awaiting, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector),
		fmt.Sprintf("found === %d", n), harness.Patience.Milliseconds()))).To(Equal(n), selector)
}

// fast puts the clock of the reader's machine forward, for the next pages of the spec.
func (t *tab) fast(by time.Duration) {
	GinkgoHelper()
	var script page.ScriptIdentifier
	t.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		script, err = page.AddScriptToEvaluateOnNewDocument(fmt.Sprintf(`{ const now = Date.now; Date.now = () => now() + %d; }`, by.Milliseconds())).Do(ctx)
		return err
	}))
	DeferCleanup(func() { t.run(page.RemoveScriptToEvaluateOnNewDocument(script)) })
}

// holds keeps the next answer from an address until it is let go: the first function
// waits until the server has given it, what it returns lets it reach the page.
func (t *tab) holds(address string) (given func() (letGo func())) {
	GinkgoHelper()
	held := make(chan fetch.RequestID, 8)
	chromedp.ListenTarget(t.listening, func(event any) {
		if paused, ok := event.(*fetch.EventRequestPaused); ok {
			held <- paused.RequestID
		}
	})
	t.run(fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: strings.ReplaceAll(address, "?", `\?`), RequestStage: fetch.RequestStageResponse}}))
	return func() func() {
		GinkgoHelper()
		var id fetch.RequestID
		Eventually(held).Should(Receive(&id))
		return func() { t.run(fetch.ContinueRequest(id), fetch.Disable()) }
	}
}

// downloadsTo lets the page save files into a folder.
func (t *tab) downloadsTo(folder string) {
	GinkgoHelper()
	t.run(page.Enable(), browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).
		WithBrowserContextID(chromedp.FromContext(t.context).BrowserContextID).WithDownloadPath(folder))
}

// mayCopy lets the page use the clipboard, as a person at the browser would.
func (t *tab) mayCopy() {
	GinkgoHelper()
	t.run(browser.GrantPermissions([]browser.PermissionType{browser.PermissionTypeClipboardReadWrite, browser.PermissionTypeClipboardSanitizedWrite}).
		WithBrowserContextID(chromedp.FromContext(t.context).BrowserContextID))
}

// cell is the selector of a cell of the matrix.
func cell(operation string, status int) string {
	return fmt.Sprintf(`[data-cell="%s-%d"]`, operation, status)
}
