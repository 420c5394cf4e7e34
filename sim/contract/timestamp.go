package contract

import (
	"strings"
	"time"

	"example.com/capisim/sim/document"
	"example.com/capisim/sim/rails"
)

// The texts of a refused time filter, after the parameter's name (§13.1).
const (
	badStampFormat  = " has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'"
	oneStampOnly    = " only accepts one value when using a relational operator"
	unknownOperator = " Invalid relational operator: '"
)

// times reads created_ats or updated_ats: a comma list, or bounds such as
// created_ats[lt].
func (r *listReader) times(key, label string) TimeFilter {
	value, given := document.Get(r.members, key)
	if !given {
		return TimeFilter{}
	}
	filter := TimeFilter{Set: true}
	switch value.Kind {
	case document.Null:
		r.broken = true
	case document.Object:
		for _, member := range value.Members {
			r.bound(key, label, member, &filter)
		}
	default:
		stamps := commaList(value)
		for _, stamp := range stamps {
			if second, ok := r.stamp(label, stamp); ok {
				filter.seconds = append(filter.seconds, second)
			}
		}
		r.query.repeatList(key, stamps)
	}
	return filter
}

func (r *listReader) bound(key, label string, member document.Field, filter *TimeFilter) {
	switch member.Key {
	case "lt", "lte", "gt", "gte":
	default:
		r.refuse(label + unknownOperator + member.Key + "'")
	}
	text := rails.RenderedParam(member.Value)
	if strings.Contains(text, ",") {
		r.refuse(label + oneStampOnly)
		return
	}
	if second, ok := r.stamp(label, text); ok {
		filter.bounds = append(filter.bounds, timeBound{operator: member.Key, second: second})
	}
	r.query.repeat(key+"["+member.Key+"]", text)
}

const stampForm = "dddd-dd-ddTdd:dd:ddZ"

// stamp reads YYYY-MM-DDThh:mm:ssZ. The form is validated, the numbers are not:
// a month of 13 passes and crashes the real server when it asks the database, as
// the year 0 does, while a 31st of February is the 3rd of March.
func (r *listReader) stamp(label, text string) (second time.Time, ok bool) {
	text = strings.TrimSuffix(text, "\n")
	if !formedLike(text, stampForm) {
		r.refuse(label + badStampFormat)
		return second, false
	}
	year := 100*twoDigits(text) + twoDigits(text[2:])
	month, day := twoDigits(text[5:]), twoDigits(text[8:])
	hour, minute, sec := twoDigits(text[11:]), twoDigits(text[14:]), twoDigits(text[17:])
	if year == 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || sec > 60 ||
		hour == 24 && (minute > 0 || sec > 0) {
		r.broken = true
		return second, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, sec, 0, time.UTC), true
}

// formedLike compares a text with a form in which d stands for a digit.
func formedLike(text, form string) bool {
	if len(text) != len(form) {
		return false
	}
	for i := 0; i < len(form); i++ {
		if form[i] == 'd' && (text[i] < '0' || text[i] > '9') || form[i] != 'd' && text[i] != form[i] {
			return false
		}
	}
	return true
}

func twoDigits(text string) int { return int(text[0]-'0')*10 + int(text[1]-'0') }
