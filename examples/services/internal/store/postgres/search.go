package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sawlog/sawlog/examples/services/internal/store"
)

// where collects conditions; ? stands for the next parameter.
type where struct {
	sql  strings.Builder
	args []any
}

func (w *where) and(condition string, args ...any) {
	w.sql.WriteString(map[bool]string{true: " WHERE ", false: " AND "}[w.sql.Len() == 0])
	for _, arg := range args {
		w.args = append(w.args, arg)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.sql.WriteString(condition)
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.and(column+" = ?", clean(value))
	}
}

func conditions(q store.Query) *where {
	w := &where{}
	if !q.From.IsZero() {
		w.and("time >= ?", q.From.UnixNano())
	}
	if !q.To.IsZero() {
		w.and("time < ?", q.To.UnixNano())
	}
	if c := q.After; c != nil {
		w.and("(time, id) < (?, ?)", c.Time, c.ID)
	}
	w.equal("source", q.Source)
	w.equal("format", q.Format)
	w.equal("fault", q.Fault)
	if q.Level != "" {
		w.and("upper(level) = upper(?)", clean(q.Level))
	}
	if q.Severity != nil {
		w.and("severity BETWEEN 0 AND ?", *q.Severity)
	}
	if q.Status != (store.StatusRange{}) {
		w.and("status BETWEEN ? AND ?", q.Status.From, q.Status.To)
	}
	for _, f := range q.Fields {
		w.and("fields #>> ? = ?", strings.Split(clean(f.Name), "."), clean(f.Value))
	}
	if q.Text != "" {
		w.and("position(? in fields->>'message') > 0", clean(q.Text))
	}
	return w
}

// Search walks the index of times from its end, in all partitions side by side.
func (s *Store) Search(ctx context.Context, q store.Query) (store.Page, error) {
	w := conditions(q)
	w.args = append(w.args, q.Limit+1) // one more tells whether there is a next page
	rows, err := s.pool.Query(ctx, "SELECT id, time, received, source, format, level, severity, status, fault, fields FROM record"+
		w.sql.String()+fmt.Sprintf(" ORDER BY time DESC, id DESC LIMIT $%d", len(w.args)), w.args...)
	if err != nil {
		return store.Page{}, wrap("search", err)
	}
	var page store.Page
	page.Records, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f store.Found, err error) {
		var at int64
		err = row.Scan(&f.ID, &at, &f.Received, &f.Source, &f.Format, &f.Level, &f.Severity, &f.Status, &f.Fault, &f.Fields)
		f.Time, f.Received = time.Unix(0, at).UTC(), f.Received.UTC()
		return f, err
	})
	if len(page.Records) > q.Limit {
		page.Records = page.Records[:q.Limit]
		last := &page.Records[q.Limit-1]
		page.Next = &store.Cursor{Time: last.Time.UnixNano(), ID: last.ID}
	}
	return page, wrap("search", err)
}

// Stats adds tallies up; a range's ends are rounded to whole minutes, outwards.
func (s *Store) Stats(ctx context.Context, r store.Range) (st store.Stats, err error) {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !r.From.IsZero() {
		from = store.MinuteOf(r.From)
	}
	if !r.To.IsZero() {
		to = store.MinuteOf(r.To.Add(time.Minute - 1))
	}
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly} // all counts from one state
	err = pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
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
