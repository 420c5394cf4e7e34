package admin

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"example.com/capisim/sim/client"
	"example.com/capisim/sim/contract"
	"example.com/capisim/sim/document"
	"example.com/capisim/sim/fault"
)

func (c *call) listFaults() (reply, error) { return listed(c, maxPerPage, c.snap.Faults.List()) }

// addFaults takes one rule or a list, all or none; the answer has the form of
// what was sent.
func (c *call) addFaults() (reply, error) {
	raw, err := c.body(maxBody)
	if err != nil {
		return reply{}, err
	}
	rules, problems := fault.ParseRules(raw)
	if len(problems) > 0 {
		return reply{}, problems
	}
	added, err := c.add(rules)
	if err != nil {
		return reply{}, err
	}
	if strings.HasPrefix(strings.TrimSpace(string(raw)), "[") {
		return created(client.List[fault.Status]{Pagination: c.pagination(len(added), 1, max(1, len(added))), Resources: added}), nil
	}
	return created(added[0]), nil
}

// add puts rules into the set and returns them as they then stand, with the ids
// that they were given.
func (c *call) add(rules []fault.Rule) ([]fault.Status, error) {
	if len(rules) == 0 {
		return nil, invalid("", "an empty list, expected at least one rule")
	}
	c.putting.Lock()
	defer c.putting.Unlock()
	if err := c.snap.Faults.Put(c.now, rules...); err != nil {
		return nil, err
	}
	c.changed(faultEvent)
	return placed(c.snap.Faults.List(), rules), nil
}

// placed finds rules that were just put in a list, the newest first.
func placed(list []fault.Status, rules []fault.Rule) []fault.Status {
	found := make([]fault.Status, 0, len(rules))
	for _, rule := range slices.Backward(rules) {
		at := slices.IndexFunc(list, func(s fault.Status) bool {
			if rule.ID != "" {
				return s.ID == rule.ID
			}
			same := rule
			same.ID = s.ID
			return reflect.DeepEqual(s.Rule, same)
		})
		if at >= 0 { // else somebody has taken it away already
			found = append(found, list[at])
			list = list[at+1:]
		}
	}
	slices.Reverse(found)
	return found
}

func (c *call) clearFaults() (reply, error) {
	c.snap.Faults.Clear()
	c.changed(faultEvent)
	return deleted(), nil
}

func (c *call) getFault() (reply, error) {
	status, found := c.snap.Faults.Get(c.params["id"])
	if !found {
		return reply{}, c.noRule(c.params["id"])
	}
	return ok(status), nil
}

func (c *call) noRule(id string) error {
	var ids []string
	for _, status := range c.snap.Faults.List() {
		ids = append(ids, status.ID)
	}
	return notFound("no fault rule %q%s", id, document.DidYouMean(id, ids))
}

func (c *call) putFault() (reply, error) {
	raw, err := c.body(maxBody)
	if err != nil {
		return reply{}, err
	}
	rule, problems := fault.ParseNamed(c.params["id"], raw)
	if len(problems) > 0 {
		return reply{}, problems
	}
	return c.put(rule)
}

func (c *call) put(rule fault.Rule) (reply, error) {
	added, err := c.add([]fault.Rule{rule})
	if err != nil {
		return reply{}, err
	}
	if len(added) == 0 {
		return reply{}, c.noRule(rule.ID)
	}
	return ok(added[0]), nil
}

func (c *call) patchFault() (reply, error) {
	raw, err := c.body(maxBody)
	if err != nil {
		return reply{}, err
	}
	id := c.params["id"]
	switch err := c.snap.Faults.Patch(c.now, id, raw); {
	case errors.Is(err, fault.ErrUnknown):
		return reply{}, c.noRule(id)
	case err != nil:
		return reply{}, err
	}
	c.changed(faultEvent)
	return c.getFault()
}

// orderFaults lets rules decide in another order.
func (c *call) orderFaults() (reply, error) {
	o := c.object(maxBody)
	named, given := o.list("ids")
	if !given {
		if _, there := o.get("ids"); !there {
			o.add("ids", "left out, expected the ids of rules, the one first that is to decide first")
		}
	}
	ids := make([]string, len(named))
	for i, one := range named {
		if ids[i] = one.Value.Text; one.Value.Kind != document.String {
			o.addAt("ids", i, "%s, expected the id of a rule", document.Found(one.Value))
		}
	}
	if err := o.err(); err != nil {
		return reply{}, err
	}
	if err := c.snap.Faults.Order(ids); err != nil {
		var problems document.Violations
		errors.As(err, &problems)
		return reply{}, problems.Under(document.Pointer("ids"))
	}
	c.changed(faultEvent)
	return c.listFaults()
}

func (c *call) deleteFault() (reply, error) {
	if !c.snap.Faults.Delete(c.params["id"]) {
		return reply{}, c.noRule(c.params["id"])
	}
	c.changed(faultEvent)
	return deleted(), nil
}

// toggle reads the path of a toggle: an operation that does not exist is
// nowhere, a status that it does not have is a mistake in an address that could
// exist.
func (c *call) toggle() (*contract.Operation, int, error) {
	op, found := contract.OperationByID(c.params["operation"])
	if !found {
		return nil, 0, notFound("no operation %s", contract.UnknownOperation(c.params["operation"]))
	}
	status, err := strconv.Atoi(c.params["status"])
	if err != nil || status < 100 || status > 599 {
		return nil, 0, failure(http.StatusUnprocessableEntity, strconv.Quote(c.params["status"])+", expected a status of "+op.ID+": "+allowedText(op))
	}
	return op, status, nil
}

func allowedText(op *contract.Operation) string {
	codes := slices.Sorted(slices.Values(op.Allowed()))
	texts := make([]string, len(codes))
	for i, code := range codes {
		texts[i] = strconv.Itoa(code)
	}
	return strings.Join(texts, ", ")
}

func (c *call) setToggle() (reply, error) {
	op, status, err := c.toggle()
	if err != nil {
		return reply{}, err
	}
	raw, err := c.body(maxBody)
	if err != nil {
		return reply{}, err
	}
	rule, problems := fault.ParseToggle(op, status, raw)
	if len(problems) > 0 {
		return reply{}, problems
	}
	return c.put(rule)
}

// clearToggle is satisfied when the toggle is not set.
func (c *call) clearToggle() (reply, error) {
	op, status, err := c.toggle()
	if err != nil {
		return reply{}, err
	}
	if c.snap.Faults.Delete(fault.ToggleID(op, status)) {
		c.changed(faultEvent)
	}
	return deleted(), nil
}
