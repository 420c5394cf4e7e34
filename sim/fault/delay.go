package fault

import (
	"math"
	"time"

	"example.com/capisim/sim/document"
)

// Delay says how long an answer is held back: exactly one of its forms.
type Delay struct {
	Fixed       *document.Duration `json:"fixed,omitempty"`
	Uniform     *Uniform           `json:"uniform,omitempty"`
	Lognormal   *Lognormal         `json:"lognormal,omitempty"`
	Percentiles *Percentiles       `json:"percentiles,omitempty"`
}

// Uniform is a delay drawn evenly from Min to Max.
type Uniform struct {
	Min document.Duration `json:"min"`
	Max document.Duration `json:"max"`
}

// Lognormal is the usual shape of a server's latency: half of the delays are
// below Median, Sigma (of the logarithm) makes the tail, Max cuts it.
type Lognormal struct {
	Median document.Duration  `json:"median"`
	Sigma  float64            `json:"sigma"`
	Max    *document.Duration `json:"max,omitempty"` // nil: an hour
}

// Percentiles is a delay as dashboards show it. Between 0, P50, P90 and P99 it
// is drawn evenly, and it is never above P99.
type Percentiles struct {
	P50 document.Duration `json:"p50"`
	P90 document.Duration `json:"p90"`
	P99 document.Duration `json:"p99"`
}

// longestTail bounds a log-normal delay that names no maximum.
const longestTail = document.Duration(time.Hour)

// of gives the delay of a match.
func (d *Delay) of(source draws, match int) time.Duration {
	switch {
	case d.Fixed != nil:
		return time.Duration(*d.Fixed)
	case d.Uniform != nil:
		return between(d.Uniform.Min, d.Uniform.Max, source.at(match, delayLane))
	case d.Lognormal != nil:
		return d.Lognormal.at(source.normal(match))
	default:
		return d.Percentiles.at(source.at(match, delayLane))
	}
}

func (l *Lognormal) at(normal float64) time.Duration {
	longest := document.Or(l.Max, longestTail)
	// Compared as floats: a large sigma leaves the range of a Duration.
	span := float64(l.Median) * math.Exp(l.Sigma*normal)
	if span >= float64(longest) {
		return time.Duration(longest)
	}
	return time.Duration(span)
}

func (p *Percentiles) at(share float64) time.Duration {
	switch {
	case share < 0.5:
		return between(0, p.P50, share/0.5)
	case share < 0.9:
		return between(p.P50, p.P90, (share-0.5)/0.4)
	case share < 0.99:
		return between(p.P90, p.P99, (share-0.9)/0.09)
	}
	return time.Duration(p.P99)
}

func between(low, high document.Duration, share float64) time.Duration {
	return time.Duration(low) + time.Duration(share*float64(high-low))
}
