package contract

import (
	"slices"
	"strings"
)

// Parameter is one of an operation's query.
type Parameter struct {
	Name   string
	Kind   ParameterKind
	Values []string // it takes; nil for any
}

// ParameterKind says what a parameter is written as.
type ParameterKind uint8

// The kinds of parameters.
const (
	TextParameter   ParameterKind = iota
	NumberParameter               // a whole number of at least 1
	ListParameter                 // values with commas between them
)

// fixedByApp are the filters that an app's list has no use for.
var fixedByApp = []string{"app_guids", "organization_guids", "space_guids"}

// Query lists the parameters that the API documents for the operation, in the
// order in which the real server names them (§13).
func (o *Operation) Query() []Parameter {
	item := strings.HasSuffix(o.Path, "}")
	switch {
	case o.Action == ListProcesses:
		return parameters(slices.DeleteFunc(slices.Clone(listKeys), func(key string) bool {
			return key == "app_guid" || o.Nested && slices.Contains(fixedByApp, key)
		}), timeColumns, nil)
	case o.Action == GetProcess:
		return parameters([]string{"embed"}, nil, nil)
	case o.List == nil || item && o.List.include == nil:
		return nil
	case item:
		return parameters([]string{"include"}, nil, o.List.include)
	}
	return o.List.documented(o.Nested)
}

// documented are the parameters that a list takes, of one app or of all.
func (l *ResourceList) documented(nested bool) []Parameter {
	refused := append(slices.Clone(l.appOnly), "app_guid", l.refused)
	if nested {
		refused = append(slices.Clone(l.apart), "app_guid", l.refused)
	}
	var names []string
	for _, name := range slices.Concat(commonParameters, l.parameters) {
		if !slices.Contains(refused, name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	list := parameters(names, l.columns, l.include)
	for i, p := range list {
		list[i].Values = slices.Concat(p.Values, l.choices[p.Name].values)
	}
	return list
}

func parameters(names, columns, include []string) []Parameter {
	list := make([]Parameter, len(names))
	for i, name := range names {
		p := Parameter{Name: name}
		switch {
		case name == "page" || name == "per_page":
			p.Kind = NumberParameter
		case name == "order_by":
			for _, column := range columns {
				p.Values = append(p.Values, column, "-"+column, "+"+column)
			}
		case name == "embed":
			p.Kind, p.Values = ListParameter, embeddable
		case name == "include":
			p.Kind, p.Values = ListParameter, include
		case strings.HasSuffix(name, "_ats"): // has operators beside the list
		case strings.HasSuffix(name, "s") && name != "fields":
			p.Kind = ListParameter
		}
		list[i] = p
	}
	return list
}
