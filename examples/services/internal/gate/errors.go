package gate

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/budget"
	"github.com/sawlog/sawlog/examples/services/internal/commit"
	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/problem"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// kinds says how errors look outside. The first that is in the chain counts.
var kinds = []struct {
	is     error
	status int
	slug   string
	title  string
	retry  time.Duration
	tell   bool // the error's text is about what the client sent, and goes out as detail
}{
	{auth.ErrMissing, 401, "no-credentials", "No API key and no token", 0, false},
	{auth.ErrExpired, 401, "expired", "The token has expired", 0, false},
	{auth.ErrInvalid, 401, "bad-credentials", "The API key or token is not valid", 0, false},
	{auth.ErrScope, 403, "scope", "This client may not do that", 0, false},
	{ingest.ErrTooLarge, 413, "too-large", "The body is too large", 0, false},
	{budget.ErrNever, 413, "too-large", "The body takes more memory than there is for all", 0, false},
	{ingest.ErrEncoding, 415, "encoding", "Unknown content encoding", 0, true},
	{ingest.ErrDamaged, 400, "damaged", "The compressed body is damaged", 0, true},
	{ingest.ErrMalformed, 400, "malformed", "The body is not what this endpoint takes", 0, true},
	{store.ErrCursor, 400, "cursor", "Not a cursor of this service", 0, false},
	{commit.ErrBusy, 429, "busy", "Too much is waiting to be stored", time.Second, false},
	{budget.ErrShare, 429, "share", "This client's other requests take all the memory that there is for one", time.Second, false},
	{budget.ErrExhausted, 503, "memory", "No memory left for this request", time.Second, false},
	{commit.ErrClosed, 503, "closing", "The service is shutting down", 5 * time.Second, false},
	{store.ErrUnavailable, 503, "store", "The store is not available", 5 * time.Second, false},
	{os.ErrDeadlineExceeded, 408, "slow", "The body did not come in time", 0, false},
	{io.ErrUnexpectedEOF, 400, "incomplete", "The body ended early", 0, false},
	{ingest.ErrBody, 400, "incomplete", "The body ended early", 0, false},
	{context.DeadlineExceeded, 503, "time", "It took too long", 5 * time.Second, false},
	{context.Canceled, 499, "", "The client went away", 0, false},
}

// explain makes any error a problem. What is not known is a 500 without detail; the log has the error.
func (g *Gate) explain(err error) *problem.Problem {
	p := explain(err)
	g.Metrics.refused(p)
	return p
}

func explain(err error) *problem.Problem {
	var own *problem.Problem
	if errors.As(err, &own) {
		return own
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &problem.Problem{Status: 413, Slug: "too-large", Title: "The body is too large", More: map[string]any{"limit": large.Limit}, Err: err}
	}
	var format *sawlog.FormatError
	if errors.Is(err, ingest.ErrFormat) && errors.As(err, &format) {
		return &problem.Problem{Status: 400, Slug: "format", Title: "No such format", Detail: format.Error(), Err: err}
	}
	for _, k := range kinds {
		if errors.Is(err, k.is) {
			p := &problem.Problem{Status: k.status, Slug: k.slug, Title: k.title, RetryAfter: k.retry, Err: err}
			if k.tell {
				p.Detail = err.Error()
			}
			return p
		}
	}
	return &problem.Problem{Status: 500, Slug: "internal", Title: "Internal error", Err: err}
}

// partly adds to an error what had been committed before it.
func partly(err error, r ingest.Result) error {
	p := *explain(err)
	p.More = map[string]any{"committed": r}
	p.Err = err
	return &p
}
