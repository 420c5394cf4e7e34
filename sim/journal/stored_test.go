package journal

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestMemory: entries of any size are read as they were written, whatever was
// dropped around them, and of full chunks nothing is wasted.
func TestMemory(t *testing.T) {
	t.Parallel()
	type stored struct {
		at   location
		text string
	}
	random := rand.New(rand.NewPCG(7, 7))
	var m memory
	var kept []stored
	bytesKept := 0
	for n := range 5000 {
		packed := bytes.Repeat([]byte{byte('a' + n%26)}, 1+random.IntN(50<<10))
		kept = append(kept, stored{m.put(packed), string(packed)})
		bytesKept += len(packed)
		for bytesKept > 2<<20 || n%7 == 0 && len(kept) > 1 {
			i := 0
			if n%7 == 0 { // one that was held, and is completed
				i, n = random.IntN(len(kept)), 1
			}
			m.drop(kept[i].at)
			bytesKept -= len(kept[i].text)
			kept = append(kept[:i], kept[i+1:]...)
		}
		one := kept[random.IntN(len(kept))]
		var read strings.Builder
		if m.appendTo(&read, one.at); read.String() != one.text {
			t.Fatalf("entry of %d bytes at %+v reads as %d bytes", len(one.text), one.at, read.Len())
		}
	}
	for len(kept) > 0 {
		m.drop(kept[0].at)
		kept = kept[1:]
	}
	for range 1000 {
		m.put(make([]byte, 5000))
	}
	size := cap(m.spare)
	for _, c := range m.chunks {
		size += cap(c.data)
	}
	if size > 1000*5000+2*mostChunk {
		t.Errorf("%d bytes for 5,000,000", size)
	}
}
