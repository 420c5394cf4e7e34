package client

import (
	"context"
	"net/http"
)

// Platform says how what the Cloud Controller leans on is doing, null for well.
type Platform struct {
	Database *string `json:"database"`
	UAA      *string `json:"uaa"`
	Diego    *string `json:"diego"`
	LogCache *string `json:"log_cache"`
}

// Platform tells how the platform is doing.
func (c *Client) Platform(ctx context.Context) (Platform, error) {
	return ask[Platform](ctx, c, http.MethodGet, c.address(path("platform"), nil), nil)
}

// ChangePlatform breaks parts of the platform, by their names in JSON, or mends
// those that are nil.
func (c *Client) ChangePlatform(ctx context.Context, parts map[string]*string) (Platform, error) {
	return ask[Platform](ctx, c, http.MethodPatch, c.address(path("platform"), nil), parts)
}
