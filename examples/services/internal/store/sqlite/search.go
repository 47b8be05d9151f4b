package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

var dialect = store.Dialect{
	Level: "level = ? COLLATE NOCASE",
	Field: func(names []string, value string) (string, []any) {
		// -> gives JSON, which is right for a number and for true; ->> gives what a text says, however its JSON writes it.
		at := path(names)
		return "? IN (fields -> ?, fields ->> ?)", []any{value, at, at}
	},
	Text: "instr(fields ->> '$.message', ?) > 0",
}

// Search walks the index of times from its end.
func (s *Store) Search(ctx context.Context, q store.Query) (store.Page, error) {
	statement, args := dialect.Search(q)
	rows, err := s.read.QueryContext(ctx, statement, args...)
	if err != nil {
		return store.Page{}, wrap("search", err)
	}
	defer rows.Close()
	var page store.Page
	for rows.Next() {
		if page.Full(q.Limit) {
			break
		}
		var f store.Found
		var at, received int64
		if err := rows.Scan(&f.ID, &at, &received, &f.Source, &f.Format, &f.Level, &f.Severity, &f.Status, &f.Fault, &f.Fields); err != nil {
			return store.Page{}, wrap("search", err)
		}
		f.Time, f.Received = time.Unix(0, at).UTC(), time.Unix(0, received).UTC()
		page.Add(f)
	}
	return page, wrap("search", rows.Err())
}

// path is the JSON path of nested names: of a and b it is $."a"."b".
func path(names []string) string {
	var p strings.Builder
	p.WriteString("$")
	for _, name := range names {
		p.WriteString(`."` + strings.ReplaceAll(name, `"`, ``) + `"`)
	}
	return p.String()
}

// Stats adds tallies up.
func (s *Store) Stats(ctx context.Context, r store.Range) (store.Stats, error) {
	from, to := r.Minutes()
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // all counts from one state
	if err != nil {
		return store.Stats{}, wrap("stats", err)
	}
	defer func() { _ = tx.Rollback() }()
	st := store.Stats{Minutes: []store.Minute{}}
	const between = " FROM tally WHERE minute >= ? AND minute < ?"
	err = tx.QueryRowContext(ctx, "SELECT coalesce(sum(n), 0), coalesce(sum(n * reject), 0)"+between, from, to).Scan(&st.Records, &st.Rejects)
	for column, counts := range map[string]*map[string]int64{"format": &st.Formats, "source": &st.Sources, "level": &st.Levels, "status": &st.Statuses} {
		if err == nil {
			*counts, err = names(ctx, tx, "SELECT "+column+", sum(n) AS s"+between+" GROUP BY 1 ORDER BY s DESC LIMIT "+strconv.Itoa(store.MaxNames), from, to)
		}
	}
	if err == nil {
		st.Minutes, err = minutes(ctx, tx, "SELECT minute, sum(n), sum(n * reject)"+between+" GROUP BY 1 ORDER BY 1 DESC LIMIT "+strconv.Itoa(store.MaxMinutes), from, to)
	}
	return st, wrap("stats", err)
}

func names(ctx context.Context, tx *sql.Tx, query string, args ...any) (map[string]int64, error) {
	counts := map[string]int64{}
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return counts, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return counts, err
		}
		if name != "" && name != "0" { // records without level, without status
			counts[name] = n
		}
	}
	return counts, rows.Err()
}

func minutes(ctx context.Context, tx *sql.Tx, query string, args ...any) (list []store.Minute, err error) {
	list = []store.Minute{}
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return list, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var minute int64
		var m store.Minute
		if err := rows.Scan(&minute, &m.Records, &m.Rejects); err != nil {
			return list, err
		}
		m.Start = store.StartOf(minute)
		list = append(list, m)
	}
	return list, rows.Err()
}
