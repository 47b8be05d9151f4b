package problem

import (
	"errors"
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWrite(t *testing.T) {
	secret := errors.New("password of the database is hunter2")
	for name, c := range map[string]struct {
		problem Problem
		body    string
		retry   string
	}{
		"bare": {Problem{Status: 404, Title: "Not found"}, `{"type":"about:blank","title":"Not found","status":404,"instance":"urn:request:r1"}`, ""},
		"whole": {
			Problem{Status: 503, Slug: "store-away", Title: "Store away", Detail: "come back", RetryAfter: 1200 * time.Millisecond, Err: secret, More: map[string]any{"committed_lines": 7, "status": "mine"}},
			`{"type":"urn:loggate:problem:store-away","title":"Store away","status":503,"detail":"come back","instance":"urn:request:r1","committed_lines":7}`, "2",
		},
		"no json": {Problem{Status: 500, Title: "x", More: map[string]any{"f": func() {}}}, `{"type":"about:blank"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			c.problem.Write(w, "r1")
			assert.JSONEq(t, c.body, w.Body.String())
			assert.Equal(t, c.problem.Status, w.Code)
			assert.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
			assert.Equal(t, c.retry, w.Header().Get("Retry-After"))
			assert.NotContains(t, w.Body.String(), "hunter2")
		})
	}
}

func TestErrorChain(t *testing.T) {
	err := error(&Problem{Status: 400, Title: "Bad body", Detail: "at byte 7", Err: io.ErrUnexpectedEOF})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, "Bad body: at byte 7: unexpected EOF", err.Error())
}
