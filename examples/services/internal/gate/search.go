package gate

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/goccy/go-json"

	sawlog "github.com/sawlog/sawlog/lib"

	"github.com/sawlog/sawlog/examples/services/internal/auth"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

const (
	standardLimit = 100
	maxLimit      = 1000
	maxFilters    = 8
)

// found is a record as clients see it.
type found struct {
	ID       string          `json:"id"`
	Time     time.Time       `json:"time"`
	Received time.Time       `json:"received"`
	Source   string          `json:"source"`
	Format   string          `json:"format"`
	Level    string          `json:"level,omitempty"`
	Severity *int            `json:"severity,omitempty"`
	Status   int             `json:"status,omitempty"`
	Fault    string          `json:"fault,omitempty"`
	Fields   json.RawMessage `json:"fields"`
}

type page struct {
	Records []found `json:"records"`
	Next    string  `json:"next,omitempty"` // the cursor of the next page
}

func (g *Gate) search(w http.ResponseWriter, r *http.Request) error {
	values, err := parameters(r)
	if err != nil {
		return err
	}
	q, err := parseQuery(values, time.Now())
	if err != nil {
		return err
	}
	return g.cached(w, r, values, func(ctx context.Context) (any, error) {
		p, err := g.Store.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		out := page{Records: make([]found, len(p.Records))}
		for i := range p.Records {
			f := &p.Records[i]
			out.Records[i] = found{ID: strconv.FormatInt(f.ID, 10), Time: f.Time, Received: f.Received, Source: f.Source, Format: f.Format, Level: f.Level, Status: f.Status, Fault: f.Fault, Fields: f.Fields}
			if f.Severity != store.NoSeverity {
				out.Records[i].Severity = &f.Severity
			}
		}
		if p.Next != nil {
			out.Next = p.Next.String()
		}
		return out, nil
	})
}

func (g *Gate) stats(w http.ResponseWriter, r *http.Request) error {
	all, err := parameters(r)
	if err != nil {
		return err
	}
	var span store.Range
	for key, values := range all {
		if key != "from" && key != "to" {
			return unknownParameter(key, []string{"from", "to"})
		}
		if values[0] == "" {
			continue // as in a search
		}
		if want := setRange(&span, key, values[0], time.Now()); want != "" {
			return badParameter(key, want)
		}
	}
	return g.cached(w, r, all, func(ctx context.Context) (any, error) { return g.Store.Stats(ctx, span) })
}

// searchMemory is what a search takes while it is under way, about: how many there are is bounded by it, as those go on whose client has left.
const searchMemory = 2 << 20

// cached answers from the cache, or from load. An answer is paid for until its client has taken it, which may be slow.
func (g *Gate) cached(w http.ResponseWriter, r *http.Request, values url.Values, load func(ctx context.Context) (any, error)) error {
	key := r.URL.Path + "?" + values.Encode() // sorted
	text, err := g.Cache.Do(r.Context(), key, func(ctx context.Context) ([]byte, error) {
		ctx, cancel := context.WithTimeout(ctx, g.options.SearchTime)
		defer cancel()
		lease := g.Answers.Lease(auth.From(ctx).Who())
		defer lease.Release()
		if err := lease.Grow(ctx, searchMemory); err != nil {
			return nil, err
		}
		v, err := load(ctx)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(v)
		return append(text, '\n'), err
	})
	if err != nil {
		return err
	}
	lease := g.Answers.Lease(auth.From(r.Context()).Who())
	defer lease.Release()
	if err := lease.Grow(r.Context(), min(int64(len(text)), g.options.MaxAnswers)); err != nil {
		return err
	}
	return answerJSON(w, http.StatusOK, text)
}

// formats lists what log text may be. Of the operator's own formats it says the names only: a definition may name files.
func (g *Gate) formats(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, map[string]any{"own": g.Ingester.Own(), "formats": sawlog.Formats()})
}
