package gate

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sawlog/sawlog/examples/services/internal/ingest"
	"github.com/sawlog/sawlog/examples/services/internal/problem"
	"github.com/sawlog/sawlog/examples/services/internal/store"
)

const fieldPrefix = "field."

// searchKeys are the parameters of a search, beside field.NAME.
var searchKeys = []string{"from", "to", "source", "format", "level", "severity", "status", "fault", "q", "limit", "cursor"}

// parameters are those of a request's URL. What cannot be read of it is an error, and no parameter that is not there: a search that is less narrow than
// it was meant finds what nobody has asked for.
func parameters(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &problem.Problem{Status: 400, Slug: "parameter", Title: "The parameters cannot be read", Detail: err.Error()}
	}
	for key, all := range values {
		for _, value := range all {
			if !utf8.ValidString(key) || !utf8.ValidString(value) {
				return nil, badParameter(strings.ToValidUTF8(key, "\ufffd"), "UTF-8")
			}
		}
	}
	return values, nil
}

// parseQuery reads the parameters of a search. Errors are problems that name the parameter.
func parseQuery(values url.Values, now time.Time) (store.Query, error) {
	q := store.Query{Limit: standardLimit}
	for key, all := range values {
		name, isField := strings.CutPrefix(key, fieldPrefix)
		if !isField && !slices.Contains(searchKeys, key) {
			return q, unknownParameter(key, append(slices.Clone(searchKeys), fieldPrefix+"NAME"))
		}
		for _, value := range all {
			if isField {
				if len(q.Fields) == maxFilters || name == "" || len(name) > maxName || strings.ContainsAny(name, "\"\\\x00") {
					return q, badParameter(key, "up to 8 fields by their names")
				}
				q.Fields = append(q.Fields, store.Filter{Name: name, Value: value})
			} else if value != "" {
				if want := setQuery(&q, key, value, now); want != "" {
					return q, badParameter(key, want)
				}
			}
		}
	}
	return q, nil
}

// setQuery sets one parameter, or says what would have been right.
func setQuery(q *store.Query, key, value string, now time.Time) (want string) {
	switch key {
	case "from", "to":
		return setRange(&q.Range, key, value, now)
	case "source":
		q.Source = value
	case "format":
		q.Format = value
	case "level":
		q.Level = value
	case "fault":
		q.Fault = value
	case "q":
		q.Text = value
	case "severity":
		n, err := strconv.Atoi(value)
		if err != nil {
			n = ingest.SeverityOf(value)
		}
		if n < 0 || n > 7 {
			return "0 to 7, or a word like error"
		}
		q.Severity = &n
	case "status":
		ok := false
		if q.Status, ok = parseStatus(value); !ok {
			return "404, 4xx or 400-499"
		}
	case "limit":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxLimit {
			return "1 to 1000"
		}
		q.Limit = n
	case "cursor":
		c, err := store.ParseCursor(value)
		if err != nil {
			return "what next of the page before says"
		}
		q.After = c
	}
	return ""
}

func setRange(r *store.Range, key, value string, now time.Time) (want string) {
	t, ok := parseTime(value, now)
	if !ok {
		return "a time as in RFC 3339, seconds of Unix time, or a span back from now like -15m"
	}
	if key == "from" {
		r.From = t
	} else {
		r.To = t
	}
	return ""
}

func parseTime(text string, now time.Time) (time.Time, bool) {
	if back, ok := strings.CutPrefix(text, "-"); ok {
		d, err := time.ParseDuration(back)
		return now.Add(-d), err == nil
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC(), seconds >= 0 && seconds < 1<<33
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil && t.Year() > 1678 && t.Year() < 2262 // what nanoseconds in 64 bits hold
}

func parseStatus(text string) (store.StatusRange, bool) {
	low, high, isRange := strings.Cut(text, "-")
	if hundred, ok := strings.CutSuffix(strings.ToLower(text), "xx"); ok {
		low, high, isRange = hundred+"00", hundred+"99", true
	}
	if !isRange {
		high = low
	}
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	return store.StatusRange{From: from, To: to}, err1 == nil && err2 == nil && 0 < from && from <= to && to < 1000
}

func badParameter(key, want string) error {
	return &problem.Problem{Status: 400, Slug: "parameter", Title: "A parameter is wrong", Detail: key + ": want " + want}
}

func unknownParameter(key string, known []string) error {
	return &problem.Problem{Status: 400, Slug: "parameter", Title: "Unknown parameter", Detail: strconv.Quote(key) + ": there are " + strings.Join(known, ", ")}
}
