// Package problem writes errors as RFC 9457 problem documents.
package problem

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/goccy/go-json"
)

// Problem is what a client may know about an error. It is an error itself: handlers return it where they know best what to say.
type Problem struct {
	Status int
	Slug   string // names the kind for programs: "bad-cursor"
	Title  string // the kind in words, the same every time
	Detail string // this one case
	// RetryAfter tells the client when to come back; 0: it says nothing.
	RetryAfter time.Duration
	// More are members of the document beside the standard ones.
	More map[string]any
	// Err is the cause. It is logged and never sent.
	Err error
}

func (p *Problem) Error() string {
	text := p.Title
	if p.Detail != "" {
		text += ": " + p.Detail
	}
	if p.Err != nil {
		text += ": " + p.Err.Error()
	}
	return text
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (p *Problem) Unwrap() error { return p.Err }

// Write sends the document. instance is the request's id, by which the log can be searched.
func (p *Problem) Write(w http.ResponseWriter, instance string) {
	document := map[string]any{"type": "about:blank", "title": p.Title, "status": p.Status}
	if p.Slug != "" {
		document["type"] = "urn:loggate:problem:" + p.Slug
	}
	if p.Detail != "" {
		document["detail"] = p.Detail
	}
	if instance != "" {
		document["instance"] = "urn:request:" + instance
	}
	for key, value := range p.More {
		if _, taken := document[key]; !taken {
			document[key] = value
		}
	}
	header := w.Header()
	header.Set("Content-Type", "application/problem+json")
	header.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.RetryAfter.Seconds()))))
	}
	w.WriteHeader(p.Status)
	text, err := json.Marshal(document)
	if err != nil { // something in More has no JSON: the standard members are enough
		text = []byte(`{"type":"about:blank"}`)
	}
	_, _ = w.Write(append(text, '\n')) // a client that is gone is told nothing
}
