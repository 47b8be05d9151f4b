// Package storetest is the tests that every store must pass.
package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

// Records are what the tests put in, a second apart.
func records() []store.Record {
	rows := []store.Record{
		{Source: "web", Format: "combined", Severity: store.NoSeverity, Status: 200, Fields: []byte(`{"client":"192.0.2.1","status":200,"target":"/"}`)},
		{Source: "web", Format: "combined", Severity: store.NoSeverity, Status: 404, Fields: []byte(`{"client":"192.0.2.2","status":404,"target":"/a\"b"}`)},
		{Source: "app", Format: "json", Level: "error", Severity: 3, Fields: []byte(`{"level":"error","message":"disk 100 % full\nnow","ok":false,"http":{"route":"/x"}}`)},
		{Source: "app", Format: "json", Level: "INFO", Severity: 6, Fields: []byte(`{"level":"INFO","message":"Grüße","ok":true,"query":"a=1&b=<2>","escaped":"\u003c\u0026\u003e","big":9007199254740993,"http.request.method":"GET","a.b":"c","resource":{"service.name":"shop"}}`)},
		{Source: "app", Format: "json", Severity: store.NoSeverity, Fault: "bad_json", Fields: []byte(`{"message":"no json"}`)},
	}
	for i := range rows {
		rows[i].Time = noon.Add(time.Duration(i) * time.Second)
		rows[i].Received = noon.Add(time.Hour)
	}
	return rows
}

// Run runs them. open gives an empty store.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"search": search, "pages": pages, "large": large, "stats": stats, "expire": expire, "old news": oldNews, "cancelled": cancelled, "odd": odd,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, s store.Store, rows ...store.Record) {
	t.Helper()
	half := len(rows) / 2
	require.NoError(t, s.Append(t.Context(), []*store.Batch{{Records: rows[:half]}, {Records: rows[half:]}}))
}

func search(t *testing.T, s store.Store) {
	put(t, s, records()...)
	severity := 3
	for name, c := range map[string]struct {
		query store.Query
		want  []int // seconds after noon, in order
	}{
		"all, newest first":          {store.Query{}, []int{4, 3, 2, 1, 0}},
		"from is included":           {store.Query{Range: store.Range{From: noon.Add(3 * time.Second)}}, []int{4, 3}},
		"to is not":                  {store.Query{Range: store.Range{To: noon.Add(time.Second)}}, []int{0}},
		"source":                     {store.Query{Source: "web"}, []int{1, 0}},
		"format":                     {store.Query{Format: "json"}, []int{4, 3, 2}},
		"level, any case":            {store.Query{Level: "info"}, []int{3}},
		"severity":                   {store.Query{Severity: &severity}, []int{2}},
		"status":                     {store.Query{Status: store.StatusRange{From: 400, To: 499}}, []int{1}},
		"fault":                      {store.Query{Fault: "bad_json"}, []int{4}},
		"field: text":                {store.Query{Fields: []store.Filter{{Name: "client", Value: "192.0.2.2"}}}, []int{1}},
		"field: quotes":              {store.Query{Fields: []store.Filter{{Name: "target", Value: `/a"b`}}}, []int{1}},
		"field: number":              {store.Query{Fields: []store.Filter{{Name: "status", Value: "200"}}}, []int{0}},
		"field: bool":                {store.Query{Fields: []store.Filter{{Name: "ok", Value: "true"}}}, []int{3}},
		"field: HTML's signs":        {store.Query{Fields: []store.Filter{{Name: "query", Value: "a=1&b=<2>"}}}, []int{3}},
		"field: escaped":             {store.Query{Fields: []store.Filter{{Name: "escaped", Value: "<&>"}}}, []int{3}},
		"field: 64 bits":             {store.Query{Fields: []store.Filter{{Name: "big", Value: "9007199254740993"}}}, []int{3}},
		"field: a name with dots":    {store.Query{Fields: []store.Filter{{Name: "http.request.method", Value: "GET"}}}, []int{3}},
		"field: such a name, nested": {store.Query{Fields: []store.Filter{{Name: "resource.service.name", Value: "shop"}}}, []int{3}},
		"field: a name with a dot":   {store.Query{Fields: []store.Filter{{Name: "a.b", Value: "c"}}}, []int{3}},
		"field: nested":              {store.Query{Fields: []store.Filter{{Name: "http.route", Value: "/x"}}}, []int{2}},
		"field: none":                {store.Query{Fields: []store.Filter{{Name: "nothing", Value: ""}}}, nil},
		"field: no SQL":              {store.Query{Fields: []store.Filter{{Name: `x" || "`, Value: "' OR 1=1 --"}}}, nil},
		"text":                       {store.Query{Text: "100 % f"}, []int{2}},
		"text: not ASCII":            {store.Query{Text: "üß"}, []int{3}},
		"text: a line break":         {store.Query{Text: "full\nnow"}, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			c.query.Limit = 10
			page, err := s.Search(t.Context(), c.query)
			require.NoError(t, err)
			var got []int
			for _, f := range page.Records {
				got = append(got, int(f.Time.Sub(noon)/time.Second))
			}
			assert.Equal(t, c.want, got)
			assert.Nil(t, page.Next)
		})
	}
	page, err := s.Search(t.Context(), store.Query{Limit: 1, Level: "error"})
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	got, want := page.Records[0].Record, records()[2]
	assert.JSONEq(t, string(want.Fields), string(got.Fields))
	got.Fields = want.Fields
	assert.Equal(t, want, got)
}

// pages reads everything through cursors while records with equal times arrive: each old one is seen once.
func pages(t *testing.T, s store.Store) {
	var rows []store.Record
	for i := range 95 {
		rows = append(rows, store.Record{Time: noon.Add(time.Duration(i/10) * time.Second), Received: noon, Source: "s", Fields: fmt.Appendf(nil, `{"n":%d}`, i)})
	}
	put(t, s, rows...)
	seen := map[string]int{}
	q := store.Query{Limit: 10}
	for n := 0; ; n++ {
		require.Less(t, n, 30, "no end")
		page, err := s.Search(t.Context(), q)
		require.NoError(t, err)
		require.NotEmpty(t, page.Records)
		for _, f := range page.Records {
			seen[string(f.Fields)]++
		}
		if page.Next == nil {
			break
		}
		q.After = page.Next
		put(t, s, store.Record{Time: noon.Add(time.Hour), Received: noon, Source: "new", Fields: []byte(`{}`)})
	}
	assert.Len(t, seen, 95)
	for fields, n := range seen {
		assert.Equal(t, 1, n, fields)
	}
}

// large has records of which few fit on a page: its size is bounded, whatever its limit is.
func large(t *testing.T, s store.Store) {
	const many, size = 30, 1 << 20
	var rows []store.Record
	for i := range many {
		rows = append(rows, store.Record{Time: noon.Add(time.Duration(i) * time.Second), Received: noon, Source: "s", Fields: fmt.Appendf(nil, `{"n":%d,"message":"%s"}`, i, strings.Repeat("x", size))})
	}
	put(t, s, rows...)
	seen, pages := 0, 0
	for q := (store.Query{Limit: 1000}); ; pages++ {
		page, err := s.Search(t.Context(), q)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(page.Records), store.MaxPage/size+1)
		for _, f := range page.Records {
			seen++
			require.Equal(t, noon.Add(time.Duration(many-seen)*time.Second), f.Time)
		}
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	assert.Equal(t, many, seen)
	assert.Equal(t, 3, pages, "besides the last")
}

func stats(t *testing.T, s store.Store) {
	put(t, s, records()...)
	put(t, s, records()...)
	late := records()[0]
	late.Time = noon.Add(time.Minute)
	put(t, s, late)

	got, err := s.Stats(t.Context(), store.Range{})
	require.NoError(t, err)
	assert.Equal(t, store.Stats{
		Records: 11, Rejects: 2,
		Formats:  map[string]int64{"combined": 5, "json": 6},
		Sources:  map[string]int64{"web": 5, "app": 6},
		Levels:   map[string]int64{"ERROR": 2, "INFO": 2},
		Statuses: map[string]int64{"200": 3, "404": 2},
		Minutes:  []store.Minute{{Start: noon.Add(time.Minute), Records: 1}, {Start: noon, Records: 10, Rejects: 2}},
	}, got)

	got, err = s.Stats(t.Context(), store.Range{From: noon.Add(time.Minute), To: noon.Add(2 * time.Minute)})
	require.NoError(t, err)
	assert.EqualValues(t, 1, got.Records)
	got, err = s.Stats(t.Context(), store.Range{To: noon})
	require.NoError(t, err)
	assert.Zero(t, got.Records)
}

func expire(t *testing.T, s store.Store) {
	rows := records()
	for i := range rows {
		rows[i].Received = rows[i].Time
	}
	put(t, s, rows...)
	n, err := s.Expire(t.Context(), noon.Add(-time.Hour))
	require.NoError(t, err)
	assert.Zero(t, n)
	n, err = s.Expire(t.Context(), noon.AddDate(0, 0, 1))
	require.NoError(t, err)
	assert.EqualValues(t, len(rows), n)
	page, err := s.Search(t.Context(), store.Query{Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, page.Records)
	got, err := s.Stats(t.Context(), store.Range{})
	require.NoError(t, err)
	assert.Zero(t, got.Records)
}

// oldNews are records of long ago that came today, and of a time to come that came long ago: what is kept is counted, and nothing else.
func oldNews(t *testing.T, s store.Store) {
	old, future := records()[0], records()[1]
	old.Time, old.Received = noon.AddDate(-1, 0, 0), noon
	future.Time, future.Received = noon.AddDate(1, 0, 0), noon.AddDate(0, 0, -10)
	put(t, s, old, old, future)
	n, err := s.Expire(t.Context(), noon.AddDate(0, 0, -5))
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
	page, err := s.Search(t.Context(), store.Query{Limit: 10})
	require.NoError(t, err)
	assert.Len(t, page.Records, 2)
	got, err := s.Stats(t.Context(), store.Range{})
	require.NoError(t, err)
	assert.EqualValues(t, 2, got.Records)
	assert.Equal(t, map[string]int64{"200": 2}, got.Statuses)
}

func cancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, s.Append(ctx, []*store.Batch{{Records: records()}}))
	page, err := s.Search(t.Context(), store.Query{Limit: 10})
	require.NoError(t, err)
	assert.Empty(t, page.Records, "all or nothing")
}

// odd has what senders can write and databases dislike.
func odd(t *testing.T, s store.Store) {
	rows := records()[:3]
	rows[0].Fields = []byte(`{"message":"a\u0000b"}`)
	rows[0].Level = "WARN\x00"
	rows[1].Time = time.Unix(0, 0).UTC()
	rows[2].Time = time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC)
	put(t, s, rows...)
	page, err := s.Search(t.Context(), store.Query{Limit: 10})
	require.NoError(t, err)
	require.Len(t, page.Records, 3)
	assert.Equal(t, rows[2].Time, page.Records[0].Time)
	assert.Equal(t, rows[1].Time, page.Records[2].Time)
}
