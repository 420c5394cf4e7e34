package state

import (
	"slices"
	"testing"
	"time"

	"example.com/capisim/sim/contract"
)

// TestDirectory: apps are found by what they are called now, in each fork of a
// store, and by where they are.
func TestDirectory(t *testing.T) {
	t.Parallel()
	first := storeOf()
	second := first.Fork()
	if _, err := first.UpdateApp(later(time.Minute), root, "front", bodyOf(t, `{"name":"Kelvin"}`)); err != nil {
		t.Fatal(err)
	}
	third := first.Fork()
	if _, err := third.UpdateApp(later(time.Minute), root, "back", bodyOf(t, `{"name":"ahead"}`)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		store *Store
		query string
		want  []string
	}{
		{first, "names=shop", []string{"away"}},
		{second, "names=SHOP", []string{"front", "away"}},
		{third, "names=shop,nix", []string{"away"}},
		{first, "names=\u212aELVIN", []string{"front"}},
		{third, "names=ahead,kelvin,ahead", []string{"front", "back"}},
		{first, "names=ahead", nil},
		{first, "names=", nil},
		{first, "guids=back,nix,front,back", []string{"front", "back"}},
		{first, "guids=back,front&names=kelvin", []string{"front"}},
		{first, "names=kelvin&per_page=1&page=2", nil},
	} {
		page := test.store.Apps(root, parsed(t, contract.AppList, test.query))
		if got := appNames(page); !slices.Equal(got, test.want) || page.Total != len(test.want) {
			t.Errorf("%s: %v of %d, want %v", test.query, appNames(page), page.Total, test.want)
		}
	}
}
