package fault

import (
	"math"

	"example.com/capisim/sim/draw"
)

// draws is the source of a rule's random numbers. Each is a function of the
// seed, the world, the rule's id and the match number, so that other traffic,
// other rules and the order of arrival shift nothing.
type draws uint64

// lane keeps the draws that one match needs apart.
type lane uint64

const (
	fireLane lane = iota
	delayLane
	secondDelayLane
)

// newDraws hashes what the numbers depend on (FNV-1a; a zero byte ends the
// world's name so that "a"+"bc" and "ab"+"c" differ).
func newDraws(seed int64, world, rule string) draws {
	const offset, prime = 14695981039346656037, 1099511628211
	hash := uint64(offset)
	add := func(b byte) { hash = (hash ^ uint64(b)) * prime }
	for shift := 0; shift < 64; shift += 8 {
		add(byte(uint64(seed) >> shift))
	}
	for i := range len(world) {
		add(world[i])
	}
	add(0)
	for i := range len(rule) {
		add(rule[i])
	}
	return draws(hash)
}

// at gives the number of a match, in [0, 1).
func (d draws) at(match int, l lane) float64 {
	z := draw.Mix(uint64(d) + uint64(match)*draw.Golden)
	return draw.Fraction(draw.Mix(z + uint64(l)*0xd1b54a32d192ed03))
}

// normal gives a standard normal number for a match (Box-Muller).
func (d draws) normal(match int) float64 {
	radius := math.Sqrt(-2 * math.Log(1-d.at(match, delayLane)))
	return radius * math.Cos(2*math.Pi*d.at(match, secondDelayLane))
}
