package state

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"time"
)

// draw is a stream of numbers that depends on nothing but what it was made of,
// so that two runs with one seed see the same names and figures.
type draw struct{ state uint64 }

// newDraw starts the stream of one container.
func newDraw(seed int64, guid string, index, epoch int) *draw {
	d := &draw{state: uint64(seed)}
	for i := 0; i < len(guid); i++ { // FNV-1a over the name
		d.state = (d.state ^ uint64(guid[i])) * 1099511628211
	}
	d.mix(uint64(index))
	d.mix(uint64(epoch))
	return d
}

func (d *draw) mix(value uint64) {
	d.state ^= value * 0x9e3779b97f4a7c15
	d.state = d.next()
}

// next is splitmix64.
func (d *draw) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// fraction is a number from 0 to below 1.
func (d *draw) fraction() float64 { return float64(d.next()>>11) / (1 << 53) }

// uuid is a version 4 UUID.
func (d *draw) uuid() string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], d.next())
	binary.BigEndian.PutUint64(raw[8:], d.next())
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], raw[0:4])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	hex.Encode(text[9:13], raw[4:6])
	hex.Encode(text[14:18], raw[6:8])
	hex.Encode(text[19:23], raw[8:10])
	hex.Encode(text[24:], raw[10:])
	return string(text[:])
}

// address is an IPv4 address in a network of two bytes.
func (d *draw) address(a, b int) string {
	host := d.next()
	return strconv.Itoa(a) + "." + strconv.Itoa(b) + "." + strconv.Itoa(int(host>>8%254)+1) + "." + strconv.Itoa(int(host%253)+2)
}

// usage is what a container takes at a moment: a level of its own and a slow
// wave around it, smooth in time.
func (d *draw) usage(limits Limits, now time.Time) Usage {
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
)

// drawnGUID is the guid of something that the seed does not name, but that
// belongs to a thing with a guid.
func (v View) drawnGUID(guid string, kind, number int) string {
	return newDraw(v.settings.number, guid, kind, number).uuid()
}
