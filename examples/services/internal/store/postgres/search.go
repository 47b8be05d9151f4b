package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

var dialect = store.Dialect{
	Level: "upper(level) = upper(?)",
	Field: func(path []string, value string) (string, []any) {
		for i := range path {
			path[i] = clean(path[i])
		}
		return "fields #>> ? = ?", []any{path, value}
	},
	Text: "position(? in fields->>'message') > 0",
}

// statement is the search for q with numbered parameters.
func statement(q store.Query) (sql string, args []any) {
	sql, args = dialect.Search(q)
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = clean(text)
		}
		sql = strings.Replace(sql, "?", fmt.Sprintf("$%d", i+1), 1)
	}
	return sql, args
}

// Search walks the index of times from its end, in all partitions side by side.
func (s *Store) Search(ctx context.Context, q store.Query) (store.Page, error) {
	sql, args := statement(q)
	rows, err := s.read.Query(ctx, sql, args...)
	if err != nil {
		return store.Page{}, wrap("search", err)
	}
	defer rows.Close()
	var page store.Page
	for rows.Next() && !page.Full(q.Limit) {
		var f store.Found
		var at int64
		if err := rows.Scan(&f.ID, &at, &f.Received, &f.Source, &f.Format, &f.Level, &f.Severity, &f.Status, &f.Fault, &f.Fields); err != nil {
			return store.Page{}, wrap("search", err)
		}
		f.Time, f.Received = time.Unix(0, at).UTC(), f.Received.UTC()
		page.Add(f)
	}
	rows.Close()
	return page, wrap("search", rows.Err())
}

// Stats adds tallies up.
func (s *Store) Stats(ctx context.Context, r store.Range) (st store.Stats, err error) {
	from, to := r.Minutes()
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly} // all counts from one state
	err = pgx.BeginTxFunc(ctx, s.read, options, func(tx pgx.Tx) error {
		const between = " FROM tally WHERE minute >= $1 AND minute < $2"
		errs := []error{tx.QueryRow(ctx, "SELECT coalesce(sum(n), 0)::bigint, coalesce(sum(n) FILTER (WHERE reject), 0)::bigint"+between, from, to).Scan(&st.Records, &st.Rejects)}
		for column, counts := range map[string]*map[string]int64{"format": &st.Formats, "source": &st.Sources, "level": &st.Levels, "status::text": &st.Statuses} {
			var err error
			*counts, err = names(ctx, tx, "SELECT "+column+", sum(n)::bigint"+between+" GROUP BY 1 ORDER BY 2 DESC LIMIT $3", from, to, store.MaxNames)
			errs = append(errs, err)
		}
		rows, err := tx.Query(ctx, "SELECT minute, sum(n)::bigint, coalesce(sum(n) FILTER (WHERE reject), 0)::bigint"+between+" GROUP BY 1 ORDER BY 1 DESC LIMIT $3", from, to, store.MaxMinutes)
		if err == nil {
			st.Minutes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m store.Minute, err error) {
				var minute int64
				err = row.Scan(&minute, &m.Records, &m.Rejects)
				m.Start = store.StartOf(minute)
				return m, err
			})
		}
		return errors.Join(append(errs, err)...)
	})
	return st, wrap("stats", err)
}

func names(ctx context.Context, tx pgx.Tx, query string, args ...any) (map[string]int64, error) {
	counts := map[string]int64{}
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return counts, err
	}
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error {
		if name != "" && name != "0" { // records without level, without status
			counts[name] = n
		}
		return nil
	})
	return counts, err
}
