package admin

import (
	"net/http"

	"example.com/capisim/sim/bundle"
	"example.com/capisim/sim/world"
)

// bundle is the world with its recording, as one file.
func (c *call) bundle() (reply, error) {
	made, err := bundle.Make(c.world, c.server, c.version, world.Wall())
	if err != nil {
		return reply{}, err
	}
	raw, err := bundle.Encode(made)
	if err != nil {
		return reply{}, err
	}
	c.writer.Header().Set("Content-Disposition", `attachment; filename="`+c.world.Name+`.bundle.json.gz"`)
	return reply{status: http.StatusOK, raw: raw, media: "application/gzip"}, nil
}
