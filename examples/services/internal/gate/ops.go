package gate

import (
	"context"
	"net/http"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/problem"
)

// health says that the process answers. It asks nobody: a restart does not help a store that is away.
func (g *Gate) health(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// awayTime is how long nothing should be sent here after the store has refused records: a disk that is full answers searches all the same, and only
// records that come tell whether it is so still.
const awayTime = 5 * time.Second

// ready says whether requests should be sent here.
func (g *Gate) ready(w http.ResponseWriter, r *http.Request) error {
	if g.draining.Load() {
		return &problem.Problem{Status: 503, Slug: "closing", Title: "The service is shutting down", RetryAfter: 5 * time.Second}
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := g.Store.Ping(ctx); err != nil {
		return &problem.Problem{Status: 503, Slug: "store", Title: "The store is not available", RetryAfter: 5 * time.Second, Err: err}
	}
	if g.Committer.Away(awayTime) {
		return &problem.Problem{Status: 503, Slug: "store", Title: "The store is not available", RetryAfter: awayTime}
	}
	waiting, most := g.Committer.Waiting()
	if waiting == most {
		return &problem.Problem{Status: 503, Slug: "busy", Title: "Too much is waiting to be stored", RetryAfter: time.Second}
	}
	return answer(w, http.StatusOK, map[string]any{"status": "ready", "waiting": waiting})
}
