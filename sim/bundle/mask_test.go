package bundle

import (
	"testing"

	"example.com/capisim/sim/document"
)

// TestMaskLeavesTheWorldAlone: what stands in a document as the world has it, such as
// its resources, keeps its secrets there.
func TestMaskLeavesTheWorldAlone(t *testing.T) {
	t.Parallel()
	const text = `{"service_instances":[{"name":"db","credentials":{"uri":"https://user:secret@db"},"labels":{"password":"p"}}]}`
	resources, err := document.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	root := document.Value{Kind: document.Object, Members: []document.Field{{Key: "resources", Value: resources}}}
	maskDocument(root)
	if got := root.String(); got == `{"resources":`+text+`}` {
		t.Errorf("nothing was masked: %s", got)
	}
	if got := resources.String(); got != text {
		t.Errorf("the world has %s", got)
	}
}
