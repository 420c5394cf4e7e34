package state

import (
	"math"
	"strconv"
	"time"

	"example.com/capisim/sim/draw"
)

// stream is what is drawn for one thing. It depends on nothing but what it was
// made of, so that two runs with one seed see the same names and figures.
type stream struct{ draw.Source }

// newStream starts the draws for one container.
func newStream(seed int64, guid string, index, epoch int) *stream {
	hash := uint64(seed)
	for i := 0; i < len(guid); i++ { // FNV-1a over the name
		hash = (hash ^ uint64(guid[i])) * 1099511628211
	}
	d := &stream{}
	d.Seed(int64(hash))
	d.Add(uint64(index))
	d.Add(uint64(epoch))
	return d
}

// fraction is a number from 0 to below 1.
func (d *stream) fraction() float64 { return draw.Fraction(d.Uint64()) }

// uuid is a version 4 UUID.
func (d *stream) uuid() string {
	high := d.Uint64()
	return draw.UUID(high, d.Uint64())
}

// address is an IPv4 address in a network of two bytes.
func (d *stream) address(a, b int) string {
	host := d.Uint64()
	return strconv.Itoa(a) + "." + strconv.Itoa(b) + "." + strconv.Itoa(int(host>>8%254)+1) + "." + strconv.Itoa(int(host%253)+2)
}

// usage is what a container takes at a moment: a level of its own and a slow
// wave around it, smooth in time.
func (d *stream) usage(limits Limits, now time.Time) Usage {
	wave := func(period float64) float64 {
		phase := d.fraction() * 2 * math.Pi
		return math.Sin(2*math.Pi*float64(now.UnixMilli())/1000/period + phase)
	}
	cpu := (0.01 + 0.15*d.fraction()) * (1 + 0.4*wave(61))
	memory := (0.35 + 0.3*d.fraction()) * (1 + 0.05*wave(173))
	disk := 0.1 + 0.2*d.fraction()
	logs := (200 + 2000*d.fraction()) * (1 + 0.5*wave(37))
	return Usage{
		CPU:            math.Round(cpu*1e6) / 1e6,
		CPUEntitlement: math.Round(cpu*4*1e6) / 1e6,
		Memory:         int64(memory * float64(limits.MemoryInMB) * (1 << 20)),
		Disk:           int64(disk * float64(limits.DiskInMB) * (1 << 20)),
		LogRate:        int64(logs),
	}
}

// These stand where the index of an instance stands in other draws, so that no
// two kinds of names are alike.
const (
	versionDraw = -1 - iota
	quotaDraw
	deploymentDraw
	sidecarDraw
	eventDraw
	dropletDraw
	revisionDraw
	cellDraw
)

// drawnGUID is the guid of something that the seed does not name, but that
// belongs to a thing with a guid.
func (v View) drawnGUID(guid string, kind, number int) string {
	return newStream(v.settings.Number, guid, kind, number).uuid()
}
