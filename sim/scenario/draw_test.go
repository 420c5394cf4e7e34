package scenario

import (
	"math/rand"
	"testing"

	"github.com/brianvoe/gofakeit/v6"

	"example.com/capisim/sim/draw"
)

// TestFaker holds what is drawn against gofakeit's own Faker.
func TestFaker(t *testing.T) {
	t.Parallel()
	for seed := range int64(1000) {
		var source, other draw.Source
		source.Seed(seed)
		other.Seed(seed)
		ours, theirs := faker{rand.New(&source), &source, new(slab)}, gofakeit.NewCustom(&other)
		for range 3 {
			if got, want := ours.UUID(), theirs.UUID(); got != want {
				t.Fatalf("seed %d: %s, gofakeit draws %s", seed, got, want)
			}
			if got, want := ours.name("1"), slug(theirs.AdjectiveDescriptive())+"-"+slug(theirs.Animal())+"-1"; got != want {
				t.Fatalf("seed %d: %s, gofakeit draws %s", seed, got, want)
			}
			ours.skipUUID()
			theirs.UUID()
		}
	}
}
